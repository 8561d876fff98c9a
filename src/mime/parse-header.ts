/** One field of a header. All texts are Latin-1: one character, one octet. */
export interface HeaderField {
  /** Lower case. */
  readonly name: string;
  /** Offset of the field's first octet within the header. */
  readonly start: number;
  /** Offset after the field's last line end. */
  readonly end: number;
  /** What follows the colon, folds included, without the last line end. */
  readonly raw: string;
}

/** The header of a message or part. */
export interface Header {
  /** All octets, Latin-1, including the blank line that ends it when there is one. */
  readonly text: string;
  readonly fields: readonly HeaderField[];
}

/** Fields listed of one header; those after them are still octets of the header, but are not looked at. */
const MAX_FIELDS = 10_000;

/** A header without fields. */
export const emptyHeader: Header = { text: '', fields: [] };

const LF = 10;
const SPACE = 32;
const TAB = 9;

/**
 * Takes a header apart: `field = field-name ":" unstructured CRLF`, with folding (RFC 5322 section 2.2). Never fails:
 * a line without a colon is a field with an empty value, as IMAP servers see it. Reading ends at the first blank line.
 */
export function parseHeader(text: string, maxFields = MAX_FIELDS): Header {
  const fields: HeaderField[] = [];
  const length = text.length;
  let at = 0;
  let colon = -1;
  while (at < length && fields.length < maxFields) {
    let lineEnd = text.indexOf('\n', at);
    if (lineEnd < 0) lineEnd = length;
    else if (isBlank(text, at, lineEnd)) break;
    let end = lineEnd + 1;
    while (end < length) {
      const first = text.charCodeAt(end);
      if (first !== SPACE && first !== TAB) break;
      lineEnd = text.indexOf('\n', end);
      if (lineEnd < 0) lineEnd = length;
      end = lineEnd + 1;
    }
    if (end > length) end = length;
    if (colon < at && colon !== length) {
      colon = text.indexOf(':', at);
      if (colon < 0) colon = length;
    }
    fields.push(fieldOf(text, at, lineEnd, end, colon));
    at = end;
  }
  return { text, fields };
}

function isBlank(text: string, start: number, lineEnd: number): boolean {
  return lineEnd === start || (lineEnd === start + 1 && text.charCodeAt(start) === 13);
}

function fieldOf(text: string, start: number, lineEnd: number, end: number, colon: number): HeaderField {
  const last = lineEnd > start && text.charCodeAt(lineEnd - 1) === 13 ? lineEnd - 1 : lineEnd;
  if (colon >= last) return { name: nameOf(text.slice(start, last)), start, end, raw: '' };
  return { name: nameOf(text.slice(start, colon)), start, end, raw: text.slice(colon + 1, last) };
}

/** Blanks before the colon are obsolete syntax (RFC 5322 section 4.5.8). */
function nameOf(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  return (last === SPACE || last === TAB || last === LF || last === 13 ? text.trimEnd() : text).toLowerCase();
}

/** The first field of that name (lower case). */
export function findField(header: Header, name: string): HeaderField | undefined {
  for (const field of header.fields) if (field.name === name) return field;
  return undefined;
}

/** The last field of that name (lower case): the one that counts where only one may be, as IMAP servers have it. */
export function findLastField(header: Header, name: string): HeaderField | undefined {
  const { fields } = header;
  for (let index = fields.length - 1; index >= 0; index--) if (fields[index]?.name === name) return fields[index];
  return undefined;
}

/** All fields of that name (lower case), in order. */
export function findFields(header: Header, name: string): HeaderField[] {
  return header.fields.filter((field) => field.name === name);
}

/** A raw value on one line: line ends of folds removed, blanks at both ends too. RFC 5322 section 2.2.3. */
export function unfold(raw: string): string {
  const text = raw.includes('\n') ? raw.replace(/\r?\n/g, '') : raw;
  return trimBlanks(text);
}

/** Without spaces, tabs and line ends at both ends. */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isWhite(text.charCodeAt(start))) start++;
  while (end > start && isWhite(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

function isWhite(code: number): boolean {
  return code === SPACE || code === TAB || code === 13 || code === LF;
}
