import { cutText } from './cut-text.ts';
import { decodeCharset } from './decode-charset.ts';
import { decodeTransfer } from './decode-transfer.ts';
import type { Part } from './part.ts';
import { stripHtml } from './strip-html.ts';

/** RFC 8970 section 3: at most 200 characters. */
const MAX_CHARS = 200;
/** Octets of the part that are tried first, mostly enough for text; HTML with long styles takes all of the head. */
const FIRST_OCTETS = [640, 4096];

/**
 * The beginning of the message's text for lists: the first plain text part that is no attachment, else the first HTML or
 * other text; decoded, quoted lines left out, blanks collapsed. '' when there is none within `head`, the first octets of
 * the message. RFC 8970.
 */
export function makePreview(root: Part, head: Uint8Array): string {
  const texts = textParts(root, []);
  const part = texts.find(({ subtype }) => subtype === 'plain') ?? texts[0];
  if (part === undefined) return '';
  const body = head.subarray(part.bodyStart, part.bodyEnd);
  for (const octets of FIRST_OCTETS) {
    if (body.length <= octets) break;
    const short = previewOf(part, body.subarray(0, octets), false);
    if (Array.from(short).length >= MAX_CHARS) return short;
  }
  return previewOf(part, body, true);
}

/** Text parts, outermost message only, in order. */
function textParts(part: Part, found: Part[]): Part[] {
  if (part.type === 'text' && part.disposition?.kind !== 'attachment') found.push(part);
  for (const child of part.children) textParts(child, found);
  return found;
}

function previewOf(part: Part, body: Uint8Array, isAll: boolean): string {
  const text = decodeCharset(decodeTransfer(body, part.encoding) ?? body, part.charset);
  const shown =
    part.subtype === 'html' ? stripHtml(isAll ? text : withoutCutTag(text), MAX_CHARS * 4) : withoutQuotes(text);
  return firstCharacters(shown);
}

/** A tag that the cut went through would look like text. */
function withoutCutTag(html: string): string {
  const open = html.lastIndexOf('<');
  return open > html.lastIndexOf('>') ? html.slice(0, open) : html;
}

/** Lines that quote another message say nothing of this one; but a message of quotes only shows them. */
function withoutQuotes(text: string): string {
  const start = cutText(text, 16_384);
  const own = start.replace(/^[ \t]*>.*$/gm, '');
  return /\S/.test(own) ? own : start;
}

// oxlint-disable-next-line no-control-regex
const BLANKS = /(?:[\0-\x20\x7f-\x9f\u00a0\u200b-\u200f\u2028\u2029\ufeff]|\s)+/g;

function firstCharacters(text: string): string {
  const line = text.replace(BLANKS, (blanks) => (blanks === '\u200c' || blanks === '\u200d' ? blanks : ' ')).trim();
  let end = 0;
  for (let count = 0; count < MAX_CHARS && end < line.length; count++) {
    end += (line.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  }
  return line.slice(0, end).trimEnd().toWellFormed();
}
