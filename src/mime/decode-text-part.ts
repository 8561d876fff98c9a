import { decodeCharset } from './decode-charset.ts';
import { decodeTransfer } from './decode-transfer.ts';
import type { AnyPart } from './find-section.ts';
import { stripHtml } from './strip-html.ts';

/** Searched as text: text, and the machine-readable parts of reports, which are lines of text too. RFC 3464. */
export function isTextPart(part: AnyPart): boolean {
  return part.type === 'text' || part.type === 'message';
}

/** The text of a part whose octets (its body) are in memory, as a search sees it: HTML as text, line ends are line feeds. */
export function decodeTextPart(octets: Uint8Array, { encoding, charset, subtype }: AnyPart): string {
  const text = decodeCharset(decodeTransfer(octets, encoding) ?? octets, charset);
  return subtype === 'html' ? stripHtml(text) : cleanLines(text);
}

/** Line feeds at the ends of lines, and no NULs. */
export function cleanLines(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll('\0', '');
}
