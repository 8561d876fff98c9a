import type { Section } from '../../../mime/find-section.ts';
import { endOfItem, printPlainBody } from './plain-body.ts';

/** What the octets came to that are sent, where that is not what the message says of them. */
export interface SentOctets {
  readonly bytes: number;
  readonly lines: number;
}

/**
 * BODYPARTSTRUCTURE of a section: BODY of the part (RFC 5524 section 3.2, RFC 5259 section 9), out of the BODYSTRUCTURE of the message. For
 * the message itself, and for the text of one, it is that of its body. Undefined: there is no such part. With `decoded`
 * the transfer encoding is gone. A header is told of as text.
 */
export function printPartStructure(
  bodyStructure: string,
  { path, text }: Section,
  sent: SentOctets,
  decoded: boolean,
): string | undefined {
  if (text !== undefined && text !== 'text') {
    return `("TEXT" "RFC822-HEADERS" NIL NIL NIL "8BIT" ${sent.bytes} ${sent.lines})`;
  }
  const plain = printPlainBody(bodyStructure);
  const start = text === 'text' ? findText(plain, path) : findInMessage(plain, 0, path);
  if (start === undefined) return undefined;
  const body = plain.slice(start, endOfItem(plain, start));
  return decoded && !isMultipart(body, 0) ? withoutEncoding(body, sent) : body;
}

/** `n.TEXT` is the body of the message that part n is. */
function findText(plain: string, path: readonly number[]): number | undefined {
  const start = findInMessage(plain, 0, path);
  if (start === undefined || path.length === 0) return start;
  return bodyOfMessage(plain, start);
}

/** Part numbers count within a message: the parts of its multipart, or its only part. RFC 9051 section 6.4.5.1. */
function findInMessage(plain: string, body: number, path: readonly number[]): number | undefined {
  if (path.length === 0) return body;
  if (isMultipart(plain, body)) return findInPart(plain, body, path);
  return path[0] === 1 ? findInPart(plain, body, path.slice(1)) : undefined;
}

function findInPart(plain: string, part: number, path: readonly number[]): number | undefined {
  const [number, ...rest] = path;
  if (number === undefined) return part;
  if (!isMultipart(plain, part)) {
    const body = bodyOfMessage(plain, part);
    return body === undefined ? undefined : findInMessage(plain, body, path);
  }
  const child = itemsOf(plain, part)[number - 1];
  return child === undefined || plain[child] !== '(' ? undefined : findInPart(plain, child, rest);
}

function isMultipart(plain: string, body: number): boolean {
  return plain[body + 1] === '(';
}

/** The body of an embedded message, behind its envelope; undefined: it is none. */
function bodyOfMessage(plain: string, part: number): number | undefined {
  const at = itemsOf(plain, part)[8];
  return at !== undefined && plain[at] === '(' ? at : undefined;
}

/** Where the items of a list begin. */
function itemsOf(text: string, list: number): readonly number[] {
  const starts: number[] = [];
  for (let at = list + 1; at < text.length;) {
    const start = text[at] === ' ' ? at + 1 : at;
    const end = endOfItem(text, at);
    if (end <= start) break;
    starts.push(start);
    at = end;
  }
  return starts;
}

/** A single part as it is sent: encoding, octets, and lines of a text. RFC 5524 section 3.2. */
function withoutEncoding(body: string, { bytes, lines }: SentOctets): string {
  const items = itemsOf(body, 0).map((start) => body.slice(start, endOfItem(body, start)));
  items[5] = '"BINARY"';
  items[6] = String(bytes);
  if (/^"text"$/i.test(items[0] ?? '') && items.length > 7) items[7] = String(lines);
  return `(${items.join(' ')})`;
}
