import { cutText } from './cut-text.ts';
import { decodeCharset } from './decode-charset.ts';
import { decodeParams } from './decode-params.ts';
import { transferDecoder } from './decode-transfer.ts';
import { decodeHeaderText } from './decode-words.ts';
import type { AnyPart } from './find-section.ts';
import { parseContentType, parseValueWithParams } from './parse-content-type.ts';
import { parseHeader } from './parse-header.ts';
import { stripHtml } from './strip-html.ts';

/** Reads octets `start` up to `end` (exclusive) of the message. */
export type ReadOctets = (start: number, end: number) => Uint8Array | Promise<Uint8Array>;

/** The decoded text of a message, for search; line ends are line feeds. */
export interface ExtractedText {
  /** Decoded fields of the message's own header, one a line: `name: value`. */
  readonly headers: string;
  /** All else: decoded text parts, HTML as text; fields of parts and of messages inside, file names decoded. */
  readonly body: string;
  /** The limit was reached: what comes after is missing. */
  readonly truncated: boolean;
}

/** Characters of text that are made of one message. */
const MAX_CHARS = 10 * 1024 * 1024;
/** Octets read at a time. */
const PIECE = 64 * 1024;
/** Octets of one header that are looked at, as many as the scanner allows. */
const MAX_HEADER = 1024 * 1024;

/**
 * Reads and decodes what a search of TEXT and BODY looks at. Works on scanned and on mapped trees; reads each octet of
 * headers and text parts once, in pieces, and no other part. Never fails but by `read`.
 */
export async function extractText(
  read: ReadOctets,
  root: AnyPart,
  limits: { readonly maxChars?: number } = {},
): Promise<ExtractedText> {
  const collector = new TextCollector(limits.maxChars ?? MAX_CHARS);
  collector.add(await readFields(read, root));
  const headers = collector.take();
  const waiting: AnyPart[] = [root];
  for (let part = waiting.pop(); part !== undefined && !collector.isFull; part = waiting.pop()) {
    if (part !== root) collector.add(await readFields(read, part));
    const inside = part.message === undefined ? part.children : [part.message];
    waiting.push(...inside.toReversed());
    if (inside.length === 0 && isText(part)) collector.add(await readText(read, part, collector.room));
  }
  return { headers, body: collector.take(), truncated: collector.isFull };
}

/** Text, and the machine-readable parts of reports, which are lines of text too. RFC 3464. */
function isText(part: AnyPart): boolean {
  return part.type === 'text' || part.type === 'message';
}

class TextCollector {
  #texts: string[] = [];
  #room: number;

  constructor(room: number) {
    this.#room = room;
  }

  get room(): number {
    return this.#room;
  }

  get isFull(): boolean {
    return this.#room <= 0;
  }

  add(text: string): void {
    if (text === '' || this.isFull) return;
    const kept = cutText(text, this.#room);
    this.#room = kept.length < text.length ? 0 : this.#room - kept.length - 1;
    this.#texts.push(kept);
  }

  take(): string {
    const text = this.#texts.join('\n');
    this.#texts = [];
    return text;
  }
}

/** `name: value` of each field, decoded; behind it the file names of a part, whose RFC 2231 form nobody searches for. */
async function readFields(read: ReadOctets, part: AnyPart): Promise<string> {
  const end = Math.min(part.bodyStart, part.headerStart + MAX_HEADER);
  if (end <= part.headerStart) return '';
  const octets = await read(part.headerStart, end);
  const text = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('latin1');
  const lines: string[] = [];
  for (const { name, raw } of parseHeader(text).fields) {
    const value = decodeHeaderText(raw);
    lines.push(raw === '' ? decodeHeaderText(name) : `${decodeHeaderText(name)}: ${value}`);
    const fileName = fileNameOf(name, raw);
    if (fileName !== undefined && !value.includes(fileName)) lines.push(fileName);
  }
  return lines.join('\n');
}

function fileNameOf(name: string, raw: string): string | undefined {
  if (name === 'content-type') return decodeParams(parseContentType(raw)?.rawParams ?? []).get('name');
  if (name === 'content-disposition') return decodeParams(parseValueWithParams(raw)?.rawParams ?? []).get('filename');
  return undefined;
}

/** At most about `room` characters of a text part. */
async function readText(read: ReadOctets, part: AnyPart, room: number): Promise<string> {
  const decoder = transferDecoder(part.encoding);
  const pieces: Uint8Array[] = [];
  // One character takes up to four octets, and markup goes away.
  let left = room * (part.subtype === 'html' ? 8 : 4);
  for (let at = part.bodyStart; at < part.bodyEnd && left > 0; at += PIECE) {
    const octets = await read(at, Math.min(at + PIECE, part.bodyEnd));
    const decoded = decoder === undefined ? octets : decoder.write(octets);
    left -= decoded.length;
    pieces.push(decoded);
  }
  if (decoder !== undefined) pieces.push(decoder.end());
  const text = decodeCharset(Buffer.concat(pieces), part.charset);
  if (part.subtype === 'html') return stripHtml(text, room + 1);
  return text.replaceAll('\r\n', '\n').replaceAll('\0', '');
}
