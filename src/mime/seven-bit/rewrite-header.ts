import { encodeWords } from '../compose-header.ts';
import { parseHeader } from '../parse-header.ts';

/** What a header of a message or part has to say anew. */
export interface HeaderChange {
  /** The Content-Transfer-Encoding of the body from now on; undefined: as it is. */
  readonly encoding: string | undefined;
  /** The message itself, not a part of it: the fields of MIME are added where there are none. */
  readonly isMessage: boolean;
}

// oxlint-disable-next-line no-control-regex
const high = /[^\0-\x7f]/;

/**
 * A header (Latin-1, with its blank line) as ASCII: what is not becomes encoded words, UTF-8 or else taken as ISO 8859-1. RFC
 * 2047; text without a charset is labelled as RFC 1428 says.
 */
export function rewriteHeader(text: string, { encoding, isMessage }: HeaderChange): string {
  const { fields } = parseHeader(text, Number.POSITIVE_INFINITY);
  const end = fields.at(-1)?.end ?? 0;
  const kept = fields.filter(({ name }) => encoding === undefined || name !== 'content-transfer-encoding');
  const lines = kept.map(({ start, end: to }) => toAscii(endLine(text.slice(start, to))));
  if (encoding !== undefined) {
    const has = (wanted: string): boolean => fields.some(({ name }) => name === wanted);
    if (isMessage && !has('mime-version')) lines.push('MIME-Version: 1.0\r\n');
    if (isMessage && !has('content-type')) lines.push('Content-Type: text/plain; charset=unknown-8bit\r\n');
    lines.push(`Content-Transfer-Encoding: ${encoding}\r\n`);
  }
  return (lines.join('') + text.slice(end)).replaceAll('\0', '?');
}

function endLine(field: string): string {
  return field.endsWith('\n') ? field : `${field}\r\n`;
}

/** Words with other characters become encoded words, those that follow each other together. */
function toAscii(field: string): string {
  if (!high.test(field)) return field;
  const colon = field.indexOf(':');
  const name = field.slice(0, colon + 1).replace(/[^\x21-\x7e]/g, '?');
  const value = field.slice(colon + 1);
  // Words at even places, what is between them at odd ones.
  const pieces = value.split(/([ \t\r\n]+)/);
  const out: string[] = [];
  for (let at = 0; at < pieces.length; at++) {
    let words = pieces[at] ?? '';
    if (at % 2 === 0 && high.test(words)) {
      const run = [words];
      while (high.test(pieces[at + 2] ?? '') && /^[ \t]+$/.test(pieces[at + 1] ?? '')) {
        run.push(pieces[at + 1] ?? '', pieces[at + 2] ?? '');
        at += 2;
      }
      words = encodeWord(run.join(''));
    }
    out.push(words);
  }
  return name + out.join('');
}

function encodeWord(octets: string): string {
  const [, open = '', inner = '', close = ''] = /^(["(<]?)(.*?)([">),;]*)$/s.exec(octets) ?? [];
  const bytes = Buffer.from(inner, 'latin1');
  const utf8 = bytes.toString('utf8');
  const text = utf8.includes('\ufffd') ? inner : utf8;
  // Inside of quotes there are no encoded words, so these go; other marks stay. RFC 2047 section 5.
  const keep = (marks: string): string => marks.replace(/"/g, '');
  return keep(open) + encodeWords(text).replaceAll('?= =?', '?=\r\n =?') + keep(close);
}
