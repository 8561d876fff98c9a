import { BoundarySet } from './boundary-set.ts';
import type { BoundaryMatch } from './boundary-set.ts';
import { defaultMimeLimits } from './part.ts';
import type { MimeLimits, Part } from './part.ts';
import { PartNode } from './part-node.ts';

const LF = 10;
const CR = 13;
const DASH = 45;
const DELIMITER = Buffer.from('\n--');
const EMPTY = Buffer.alloc(0);
/** Pieces smaller than this wait for more, so that a message fed octet by octet costs about what one fed whole does. */
const MIN_PIECE = 4096;

type State =
  /** In the header of the innermost part. */
  | 'header'
  /** In the body of the innermost part, or in the preamble or epilogue of a multipart. */
  | 'body'
  /** On a boundary line, which a header follows. */
  | 'delimiter'
  /** On a boundary line, which an epilogue follows. */
  | 'close-delimiter'
  /** Beyond a limit: nothing is looked at any more. */
  | 'opaque';

/**
 * Takes a message apart while it arrives: feed octets in any pieces, then ask for the tree, which does not depend on the
 * pieces. Keeps headers, not bodies. Linear in the octets; never throws. RFC 5322 section 2, RFC 2046 section 5.1.
 */
export class MessageScanner {
  readonly #limits: MimeLimits;
  readonly #boundaries = new BoundarySet();
  readonly #root = new PartNode(0, undefined);
  readonly #stack: PartNode[] = [this.#root];
  #state: State = 'header';
  /** Octets that wait for more: the first `#carried` were looked at but could not be decided, the others are new. */
  #held: Buffer = EMPTY;
  #heldBytes = 0;
  #carried = 0;
  /** Offset in the message of the first octet of the buffer at hand. */
  #offset = 0;
  /** Octets of the line end just before the octet at hand when it is one of a body; it belongs to a boundary that follows. */
  #lineEndBytes = 0;
  #atLineStart = true;
  #lastWasCr = false;
  /** Line ends passed so far while `#countLines`. */
  #lineEnds = 0;
  #countLines = false;
  #parts = 1;
  #headerBytes = 0;

  readonly #minPiece: number;

  /** `minPiece`: octets that are gathered before they are looked at; it changes the cost only. */
  constructor(limits?: Partial<MimeLimits>, minPiece = MIN_PIECE) {
    this.#limits = { ...defaultMimeLimits, ...limits };
    this.#minPiece = minPiece;
  }

  /** The next octets of the message. The buffer may be reused after the call. */
  write(chunk: Uint8Array): void {
    if (this.#heldBytes === 0 && chunk.length >= this.#minPiece) {
      this.#hold(chunk, this.#feed(chunk, false));
      return;
    }
    this.#append(chunk);
    if (this.#heldBytes - this.#carried < Math.max(this.#minPiece, this.#carried)) return;
    this.#feedHeld(false);
  }

  /** The message is complete, maybe with these last octets: its part tree. Call once. */
  end(last?: Uint8Array): Part {
    if (last !== undefined && this.#heldBytes === 0) this.#feed(last, true);
    else {
      if (last !== undefined) this.#append(last);
      this.#feedHeld(true);
    }
    this.#closeFrom(0, this.#offset, this.#lineEnds);
    return this.#root;
  }

  #append(chunk: Uint8Array): void {
    const bytes = this.#heldBytes + chunk.length;
    if (bytes > this.#held.length) {
      const grown = Buffer.allocUnsafe(Math.max(bytes, this.#held.length * 2, this.#minPiece));
      grown.set(this.#held.subarray(0, this.#heldBytes));
      this.#held = grown;
    }
    this.#held.set(chunk, this.#heldBytes);
    this.#heldBytes = bytes;
  }

  #feedHeld(final: boolean): void {
    const octets = this.#held.subarray(0, this.#heldBytes);
    const decided = this.#feed(octets, final);
    if (decided === 0) this.#carried = this.#heldBytes;
    else this.#hold(octets, decided);
  }

  /** Keeps the octets from `from` on to look at them again. */
  #hold(octets: Uint8Array, from: number): void {
    const rest = octets.length - from;
    this.#held = rest === 0 ? EMPTY : Buffer.from(octets.subarray(from));
    this.#heldBytes = rest;
    this.#carried = rest;
  }

  /** Looks at octets; returns how many are decided. The others must come again, with more behind them. */
  #feed(octets: Uint8Array, final: boolean): number {
    const buffer = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
    let at = 0;
    while (at < buffer.length || (final && this.#state === 'header')) {
      const next = this.#step(buffer, at, final);
      if (next < 0) break;
      at = next;
    }
    this.#offset += at;
    return at;
  }

  /** Handles octets from `at` on; returns where to go on, or -1 when more octets are needed to decide. */
  #step(buffer: Buffer, at: number, final: boolean): number {
    if (this.#state === 'header') return this.#readHeader(buffer, at, final);
    if (this.#state === 'body' && this.#boundaries.size > 0) return this.#readBody(buffer, at, final);
    if (this.#state === 'body' || this.#state === 'opaque') return this.#pass(buffer, at, buffer.length);
    const lineEnd = buffer.indexOf(LF, at);
    if (lineEnd < 0) return this.#pass(buffer, at, buffer.length);
    this.#pass(buffer, at, lineEnd + 1);
    this.#lineEndBytes = 0;
    if (this.#state === 'delimiter') this.#open(this.#offset + lineEnd + 1);
    else this.#state = 'body';
    return lineEnd + 1;
  }

  /** Octets up to `to` are decided: counts their line ends and remembers how they end. Returns `to`. */
  #pass(buffer: Buffer, from: number, to: number): number {
    if (to <= from) return to;
    if (this.#countLines) this.#lineEnds += countLineEnds(buffer, from, to);
    const last = buffer[to - 1];
    const crBefore = to - 2 >= from ? buffer[to - 2] === CR : this.#lastWasCr;
    this.#atLineStart = last === LF;
    this.#lineEndBytes = last !== LF ? 0 : crBefore ? 2 : 1;
    this.#lastWasCr = last === CR;
    return to;
  }

  get #top(): PartNode {
    return this.#stack.at(-1) ?? this.#root;
  }

  /** A part begins, with its header. */
  #open(start: number): void {
    const node = new PartNode(start, this.#top);
    this.#stack.push(node);
    this.#parts++;
    this.#state = 'header';
    this.#countLines = node.inMessage;
  }

  /** Finds the end of the header that starts at `at`: a blank line, a boundary, a limit, or the end of the message. */
  #readHeader(buffer: Buffer, at: number, final: boolean): number {
    const limit = at + this.#limits.headerBytes;
    const end = Math.min(buffer.length, limit);
    let line = at;
    while (line < end) {
      const lineEnd = buffer.indexOf(LF, line);
      if (lineEnd < 0 || lineEnd >= end) break;
      if (lineEnd === line || (lineEnd === line + 1 && buffer[line] === CR))
        return this.#endHeader(buffer, at, lineEnd + 1);
      if (this.#isBoundary(buffer, line, lineEnd)) return this.#endHeader(buffer, at, line);
      line = lineEnd + 1;
    }
    if (buffer.length > limit) {
      this.#top.truncated = true;
      return this.#endHeader(buffer, at, line > at ? line : limit);
    }
    if (!final) return -1;
    return this.#endHeader(buffer, at, this.#isBoundary(buffer, line, end) ? line : end);
  }

  #isBoundary(buffer: Buffer, line: number, lineEnd: number): boolean {
    return this.#boundaries.mayMatch(buffer, line) && this.#boundaries.match(buffer, line, lineEnd) !== undefined;
  }

  /** The header is complete: learn what the part is, and go into it when it has parts. */
  #endHeader(buffer: Buffer, at: number, end: number): number {
    const node = this.#top;
    this.#pass(buffer, at, end);
    this.#lineEndBytes = 0;
    this.#headerBytes += end - at;
    node.readHeader(buffer.toString('latin1', at, end), this.#offset + end, this.#lineEnds);
    this.#state = 'body';
    this.#countLines = node.countsLines;
    const isMessage = node.isMessage();
    if (!isMessage && node.boundary === undefined) return end;
    if (node.truncated || this.#stack.length >= this.#limits.depth) node.truncated = true;
    else if (this.#headerBytes > this.#limits.totalHeaderBytes || this.#parts >= this.#limits.parts) {
      node.truncated = true;
      this.#state = 'opaque';
    } else if (isMessage) this.#open(this.#offset + end);
    else if (node.boundary !== undefined) this.#boundaries.add(node.boundary, this.#stack.length - 1);
    return end;
  }

  /** Passes over octets up to the next boundary line of any open multipart. RFC 2046 section 5.1.1. */
  #readBody(buffer: Buffer, at: number, final: boolean): number {
    const { length } = buffer;
    let line = this.#atLineStart ? at : findDashedLine(buffer, at, final);
    while (line < length) {
      const window = line + this.#boundaries.maxLineBytes;
      if (this.#boundaries.mayMatch(buffer, line)) {
        const lineEnd = buffer.indexOf(LF, line);
        if (lineEnd < 0 && !final && length < window) break;
        const match = this.#boundaries.match(buffer, line, lineEnd < 0 ? length : lineEnd);
        if (match !== undefined) {
          this.#pass(buffer, at, line);
          this.#beginDelimiter(match, line);
          return line;
        }
      } else if (!final && length - line < 3 && isDashes(buffer, line)) break;
      line = findDashedLine(buffer, line, final);
    }
    if (line === at) return -1;
    return this.#pass(buffer, at, Math.min(line, length));
  }

  /** At a boundary line: what lies in its multipart ends. The line end before it belongs to it. RFC 2046 section 5.1.1. */
  #beginDelimiter({ level, isClose }: BoundaryMatch, line: number): void {
    const end = this.#offset + line - this.#lineEndBytes;
    this.#closeFrom(level + 1, end, this.#lineEnds - Math.min(this.#lineEndBytes, 1));
    this.#state = isClose ? 'close-delimiter' : 'delimiter';
    if (isClose) this.#boundaries.removeFrom(level);
    else if (this.#parts >= this.#limits.parts || this.#headerBytes > this.#limits.totalHeaderBytes) {
      this.#top.truncated = true;
      this.#state = 'opaque';
    }
  }

  /** Closes the open parts from that level of the stack on; a truncated part makes all around it truncated. */
  #closeFrom(level: number, end: number, lineEnds: number): void {
    let truncated = false;
    for (let index = this.#stack.length - 1; index >= 0; index--) {
      const node = this.#stack[index];
      if (node === undefined) continue;
      if (index >= level) node.close(end, lineEnds);
      truncated ||= node.truncated && index >= level;
      node.truncated ||= truncated;
    }
    this.#stack.length = level;
    this.#boundaries.removeFrom(level);
    this.#countLines = level > 0 && this.#top.countsLines;
  }
}

/** Octets looked at one by one before the search over a distance is started, which costs more to begin. */
const NEAR = 48;

/** The next line after `from` that begins with two dashes, or with one where the buffer ends and more may come; else its end. */
function findDashedLine(buffer: Buffer, from: number, final: boolean): number {
  const { length } = buffer;
  const near = Math.min(from + NEAR, length - 2);
  for (let at = from; at < near; at++) {
    if (buffer[at] === LF && buffer[at + 1] === DASH && buffer[at + 2] === DASH) return at + 1;
  }
  const found = buffer.indexOf(DELIMITER, Math.max(from, near));
  if (found >= 0) return found + 1;
  const isOpen = !final && length - from >= 2 && buffer[length - 1] === DASH && buffer[length - 2] === LF;
  return isOpen ? length - 1 : length;
}

/** From `at` to the end of the buffer there is nothing but dashes. */
function isDashes(buffer: Buffer, at: number): boolean {
  for (let index = at; index < buffer.length; index++) if (buffer[index] !== DASH) return false;
  return true;
}

/** Line feeds from `from` up to `to`. */
function countLineEnds(buffer: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = buffer.indexOf(LF, from); at >= 0 && at < to; at = buffer.indexOf(LF, at + 1)) count++;
  return count;
}

/** The part tree of a whole message. */
export function scanMessage(octets: Uint8Array, limits?: Partial<MimeLimits>): Part {
  return new MessageScanner(limits).end(octets);
}
