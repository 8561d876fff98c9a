/** A command taken apart. RFC 1939 section 3: keywords in any case, arguments separated by single spaces. */
export interface Pop3Line {
  /** Upper case. */
  readonly name: string;
  /** All that follows the first space, as it is: a password may have spaces, also at its end. */
  readonly rest: string;
}

/** Octets of a line, without CRLF: RFC 2449 section 4 asks for 255; addresses and passwords may be longer in UTF-8. */
export const maxLineBytes = 2048;

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\0-\x1f\x7f]/;

/** Undefined when the octets are not UTF-8 (RFC 6856 section 2) or have control characters. */
export function parsePop3Line(line: Uint8Array): Pop3Line | undefined {
  let text: string;
  try {
    text = strictUtf8.decode(line);
  } catch {
    return undefined;
  }
  if (CONTROL.test(text)) return undefined;
  const space = text.indexOf(' ');
  if (space < 0) return { name: text.toUpperCase(), rest: '' };
  return { name: text.slice(0, space).toUpperCase(), rest: text.slice(space + 1) };
}

/** Numbers separated by single spaces, blanks at the end tolerated; undefined when one of them is none. RFC 1939 section 3. */
export function parseNumbers(rest: string): readonly number[] | undefined {
  const text = rest.trimEnd();
  if (text === '') return [];
  const words = text.split(' ');
  return words.every((word) => /^\d{1,10}$/.test(word)) ? words.map(Number) : undefined;
}
