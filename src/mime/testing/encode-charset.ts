import { decodeCharset } from '../decode-charset.ts';

/** Octets for the characters of a charset, found by decoding all there are: one octet, and two from 0x81 on. */
export interface CharsetTable {
  readonly charset: string;
  /** Characters that are seen and are not ASCII, each with its octets. */
  readonly octets: ReadonlyMap<string, Buffer>;
}

/** For charsets whose characters take one or two octets and where ASCII is ASCII. Not for those with shift states. */
export function charsetTable(charset: string): CharsetTable {
  const octets = new Map<string, Buffer>();
  const add = (bytes: Buffer): boolean => {
    const text = decodeCharset(bytes, charset);
    const isOne = [...text].length === 1 && text !== '\ufffd';
    // Blanks and marks that are not seen are not the same in HTML.
    if (isOne && /[\p{L}\p{N}\p{P}\p{S}\p{M}]/u.test(text) && !octets.has(text)) octets.set(text, bytes);
    return isOne;
  };
  for (let first = 0x80; first <= 0xff; first++) {
    if (add(Buffer.of(first))) continue;
    for (let second = 0x40; second <= 0xfe; second++) add(Buffer.of(first, second));
  }
  return { charset, octets };
}

/** Text of ASCII and characters of the table. */
export function encodeCharset({ octets, charset }: CharsetTable, text: string): Buffer {
  if (charset === 'utf-8') return Buffer.from(text);
  return Buffer.concat(Array.from(text, (char) => octets.get(char) ?? Buffer.from(char, 'latin1')));
}
