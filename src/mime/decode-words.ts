import { decodeCharset } from './decode-charset.ts';
import { unfold } from './parse-header.ts';

// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\0-\x08\x0a-\x1f\x7f]+/g;
// oxlint-disable-next-line no-control-regex
const NOT_PLAIN = /[^\x20-\x7e]|=\?/;
const WORD_START = /=\?([^?\s]{1,80})\?([bq])\?/iy;
const HEX_PAIR = /[0-9a-f]{2}/iy;

/**
 * A header value (Latin-1 octets, folds allowed) as Unicode: encoded words (RFC 2047) decoded, everything else read as
 * UTF-8 (RFC 6532) or, failing that, as windows-1252. Words that only blanks separate are joined, octets of the same
 * charset before decoding, since programs split characters between words. Control characters become blanks.
 */
export function decodeHeaderText(raw: string): string {
  const text = unfold(raw);
  if (!NOT_PLAIN.test(text)) return text;
  const decoded = text.includes('=?') ? decodeWords(text) : decodeOctets(text, '');
  return decoded.replace(CONTROLS, ' ').trim();
}

interface Word {
  readonly charset: string;
  readonly octets: string;
  readonly end: number;
}

/** `encoded-word = "=?" charset "?" encoding "?" encoded-text "?="`, each looked for once from left to right. */
function decodeWords(text: string): string {
  let out = '';
  let plainFrom = 0;
  let charset: string | undefined;
  let octets = '';
  let at = text.indexOf('=?');
  while (at >= 0) {
    const word = readWord(text, at);
    if (word === 'no more') break;
    if (word === undefined) {
      at = text.indexOf('=?', at + 2);
      continue;
    }
    const between = text.slice(plainFrom, at);
    const adjacent = charset !== undefined && between.trim() === '';
    if (adjacent && charset === word.charset) octets += word.octets;
    else {
      if (charset !== undefined) out += decodeOctets(octets, charset);
      if (!adjacent) out += decodeOctets(between, '');
      ({ charset, octets } = word);
    }
    plainFrom = word.end;
    at = text.indexOf('=?', plainFrom);
  }
  if (charset !== undefined) out += decodeOctets(octets, charset);
  return out + decodeOctets(text.slice(plainFrom), '');
}

function readWord(text: string, at: number): Word | undefined | 'no more' {
  WORD_START.lastIndex = at;
  const match = WORD_START.exec(text);
  if (match === null) return undefined;
  const [head, label = '', kind = ''] = match;
  const start = at + head.length;
  const isQ = kind === 'q' || kind === 'Q';
  const end = findWordEnd(text, start, isQ);
  if (end < 0) return 'no more';
  const content = text.slice(start, end);
  const star = label.indexOf('*');
  const charset = (star < 0 ? label : label.slice(0, star)).toLowerCase();
  return { charset, octets: isQ ? decodeQ(content) : Buffer.from(content, 'base64').toString('latin1'), end: end + 2 };
}

/** The `?=` that ends a word. In Q text an unescaped `?` may stand before `=3D`: then the end is a later one. */
function findWordEnd(text: string, start: number, isQ: boolean): number {
  let end = text.indexOf('?=', start);
  while (isQ && end >= 0) {
    HEX_PAIR.lastIndex = end + 2;
    if (!HEX_PAIR.test(text)) break;
    const later = text.indexOf('?=', end + 2);
    if (later < 0 || /\s|=\?/.test(text.slice(end + 2, later))) break;
    end = later;
  }
  return end;
}

/** The Q encoding, to octets. RFC 2047 section 4.2. */
function decodeQ(text: string): string {
  return text
    .replaceAll('_', ' ')
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function decodeOctets(octets: string, charset: string): string {
  return octets === '' ? '' : decodeCharset(Buffer.from(octets, 'latin1'), charset);
}
