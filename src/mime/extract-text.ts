import { isAscii } from 'node:buffer';
import { openCharset, settleCharset } from './decode-charset.ts';
import { cleanLines, decodeTextPart, isTextPart } from './decode-text-part.ts';
import { transferDecoder } from './decode-transfer.ts';
import type { AnyPart } from './find-section.ts';
import { parseHeader } from './parse-header.ts';
import { searchedLines } from './searched-fields.ts';
import { HtmlStripper } from './strip-html.ts';

/** Reads octets `start` up to `end` (exclusive) of the message. */
export type ReadOctets = (start: number, end: number) => Uint8Array | Promise<Uint8Array>;

/** Takes the decoded text of a message, for search; line ends are line feeds. Both answer false when they have enough. */
export interface TextSink {
  /** Decoded fields of the message's own header, one a line: `name: value`. Comes first, and in one piece. */
  headers(text: string): boolean;
  /**
   * All else: decoded text parts, HTML as text; fields of parts and of messages inside, file names decoded; a line feed
   * between. In pieces, never cut within a surrogate pair.
   */
  body(piece: string): boolean;
}

/** Octets read at a time. Parts that are no larger are decoded at once. */
const PIECE = 256 * 1024;
/** Octets of one header that are looked at, as many as the scanner allows. */
const MAX_HEADER = 1024 * 1024;

/**
 * Reads and decodes what a search of TEXT and BODY looks at, all of it, however much. Works on scanned and on mapped
 * trees. Reads headers and text parts once, in pieces, and no other part; long text whose charset only its octets tell is
 * looked at once more. Memory is bounded. Never fails but by `read`. False: the sink had enough.
 */
export async function extractText(
  read: ReadOctets,
  root: AnyPart,
  sink: TextSink,
  limits: { readonly pieceOctets?: number } = {},
): Promise<boolean> {
  if (!sink.headers(await readFields(read, root))) return false;
  const body = new BodyWriter(sink);
  const waiting: AnyPart[] = [root];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    if (part !== root && !body.add(await readFields(read, part))) return false;
    const inside = part.message === undefined ? part.children : [part.message];
    waiting.push(...inside.toReversed());
    if (inside.length > 0 || !isTextPart(part)) continue;
    const octets: PartOctets = { read, part, pieceOctets: limits.pieceOctets ?? PIECE };
    if (part.bodyEnd - part.bodyStart <= octets.pieceOctets) {
      if (!body.add(await readWhole(octets))) return false;
    } else if (!(await readInPieces(octets, body))) return false;
  }
  return true;
}

/** Puts line feeds between texts. */
class BodyWriter {
  readonly #sink: TextSink;
  #isBegun = false;
  #inText = false;

  constructor(sink: TextSink) {
    this.#sink = sink;
  }

  /** The next piece of a text; false: enough. */
  write(piece: string): boolean {
    if (piece === '') return true;
    const separator = this.#isBegun && !this.#inText ? '\n' : '';
    this.#isBegun = true;
    this.#inText = true;
    return this.#sink.body(separator + piece);
  }

  /** What is written next is another text. */
  endText(): void {
    this.#inText = false;
  }

  /** A whole text. */
  add(text: string): boolean {
    const goesOn = this.write(text);
    this.endText();
    return goesOn;
  }
}

/** The lines of all fields (see `searchedLines`). */
async function readFields(read: ReadOctets, part: AnyPart): Promise<string> {
  const end = headerEnd(part);
  if (end <= part.headerStart) return '';
  const octets = await read(part.headerStart, end);
  const text = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('latin1');
  return parseHeader(text).fields.flatMap(searchedLines).join('\n');
}

/** Up to where the header of a part is looked at. */
export function headerEnd({ headerStart, bodyStart }: AnyPart): number {
  return Math.min(bodyStart, headerStart + MAX_HEADER);
}

interface PartOctets {
  readonly read: ReadOctets;
  readonly part: AnyPart;
  readonly pieceOctets: number;
}

async function readWhole({ read, part }: PartOctets): Promise<string> {
  const octets = await read(part.bodyStart, part.bodyEnd);
  return decodeTextPart(octets, part);
}

/** The same text as `readWhole` makes. False: enough. */
async function readInPieces(octets: PartOctets, body: BodyWriter): Promise<boolean> {
  const cleaner = octets.part.subtype === 'html' ? new HtmlStripper() : new LineCleaner();
  for await (const text of decodedPieces(octets)) if (!body.write(cleaner.write(text))) return false;
  const goesOn = body.write(cleaner.end(''));
  body.endText();
  return goesOn;
}

/** Where only the octets tell the charset, nothing needs to be known of it as long as they are ASCII. */
async function* decodedPieces(octets: PartOctets): AsyncGenerator<string> {
  const { charset } = octets.part;
  let decoder = openCharset(charset);
  let isBegun = false;
  for await (const piece of octetPieces(octets)) {
    if (decoder === undefined && isAscii(piece)) {
      isBegun ||= piece.length > 0;
      yield Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString('latin1');
      continue;
    }
    decoder ??= await settleCharset(charset, octetPieces(octets), isBegun);
    yield decoder.write(piece);
  }
  if (decoder !== undefined) yield decoder.end();
}

async function* octetPieces({ read, part, pieceOctets }: PartOctets): AsyncGenerator<Uint8Array> {
  const decoder = transferDecoder(part.encoding);
  for (let at = part.bodyStart; at < part.bodyEnd; at += pieceOctets) {
    const octets = await read(at, Math.min(at + pieceOctets, part.bodyEnd));
    yield decoder === undefined ? octets : decoder.write(octets);
  }
  if (decoder !== undefined) yield decoder.end();
}

/** `cleanLines` in pieces: a carriage return at the end of one waits for the next. */
class LineCleaner {
  #held = '';

  write(piece: string): string {
    const text = this.#held + piece;
    this.#held = text.endsWith('\r') ? '\r' : '';
    return cleanLines(this.#held === '' ? text : text.slice(0, -1));
  }

  end(lastPiece: string): string {
    return cleanLines(this.#held + lastPiece);
  }
}
