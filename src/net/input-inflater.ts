import { createInflateRaw, inflateRawSync, type InflateRaw } from 'node:zlib';
import { RecentOctets } from './recent-octets.ts';

/** zlib hands out at most this at once, octets. After `pause` its stream takes in 64 KiB more, then stops. */
const pieceBytes = 16_384;
/** Octets that wait to be inflated: beyond it the owner should read no more. */
const highWater = 32_768;

/** How far back the streams of clients may refer, octets: nothing says that they keep to less. */
const windowBytes = 32_768;
/** Batches up to this size, octets, are inflated at once, when what comes out is no more than that. */
const smallBytes = 2048;
const smallInflatedBytes = 65_536;

/** The last block of a stream, empty. RFC 1951 section 3.2.6. */
const lastBlock = Uint8Array.of(3, 0);

const CR = 13;
const LF = 10;
const SPACE = 32;

/** Who is told what comes out. */
export interface InflaterOwner {
  inflated(octets: Uint8Array): void;
  /** All that came so far was inflated and handed out. */
  inflaterIdle(): void;
  /** What came is no DEFLATE stream. */
  inflaterFailed(error: Error): void;
  /** After `stop`: compression is over, and these octets came after it (maybe none). */
  plainAgain(octets: readonly Uint8Array[]): void;
}

/**
 * Inflates what arrives (RFC 1951, raw). Commands come in small batches, each whole where the peer flushed: these are inflated
 * at once, with what came before as the dictionary, so that a connection that waits has no zlib state. All else goes through
 * a stream off the event loop, piece by piece, and no further while it is paused: a few octets that stand for gigabytes cost no
 * more memory than those gigabytes sent plainly.
 */
export class InputInflater {
  readonly #owner: InflaterOwner;
  readonly #recent = new RecentOctets(windowBytes);
  /** Made for what is no small batch; undefined before it, and after the next small batch. */
  #zlib: InflateRaw | undefined;
  /** Octets that wait behind `#current`. */
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  /** What zlib is at. */
  #current: Uint8Array | undefined;
  /** What was given to it last looked like the end of a flush. */
  #isFlushed = false;
  /** Octets given to this `#zlib`, `#current` included. */
  #givenBytes = 0;
  /** The stream has ended; `#queue` is what came after it. */
  #ended = false;
  #paused = false;
  #stopping = false;
  #over = false;

  constructor(owner: InflaterOwner) {
    this.#owner = owner;
  }

  /** Something is being inflated, or was and is not handed out. */
  get busy(): boolean {
    return this.#current !== undefined || this.aheadBytes > 0;
  }

  /** Octets that were inflated and wait for `resume`. */
  get aheadBytes(): number {
    return this.#zlib?.readableLength ?? 0;
  }

  /** Enough waits. */
  get full(): boolean {
    return this.#queuedBytes >= highWater;
  }

  /** The stream has ended although nobody asked for it: nothing more can come. */
  get ended(): boolean {
    return this.#ended && !this.#stopping;
  }

  /** Octets that arrived. */
  push(octets: Uint8Array): void {
    if (this.#over || this.#inflateAtOnce(octets)) return;
    this.#queue.push(octets);
    this.#queuedBytes += octets.length;
    this.#next();
  }

  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#zlib?.pause();
  }

  resume(): void {
    if (!this.#paused || this.#over) return;
    this.#paused = false;
    this.#zlib?.resume();
  }

  /**
   * The peer stops compressing after what it sent last. It may end its stream properly or just stop: since commands begin with
   * a visible character and the end of a stream with a control, the next octet tells which.
   */
  stop(): void {
    this.#stopping = true;
    if (this.#ended) this.#finish();
    else this.#next();
  }

  /** Nothing is handed out any more. */
  destroy(): void {
    this.#over = true;
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#zlib?.destroy();
  }

  /** True when that was possible. */
  #inflateAtOnce(octets: Uint8Array): boolean {
    const isBetween = this.#zlib === undefined || (this.#isFlushed && !this.busy && this.#queue.length === 0);
    if (!isBetween || this.#paused || this.#ended || this.#stopping || !isFlushedBatch(octets)) return false;
    let inflated: Uint8Array;
    try {
      // Only where no block is open does the last block end the stream; elsewhere it would be missed.
      const whole = Buffer.concat([octets, lastBlock]);
      inflated = inflateRawSync(whole, { maxOutputLength: smallInflatedBytes, chunkSize: 1024, ...this.#dictionary() });
    } catch {
      // Too much comes out of it, a block is open, or it is broken: the stream bears the former and tells the latter.
      return false;
    }
    this.#zlib?.destroy();
    this.#zlib = undefined;
    this.#recent.add(inflated);
    this.#owner.inflated(inflated);
    return true;
  }

  #dictionary(): { readonly dictionary?: Uint8Array } {
    const dictionary = this.#recent.octets;
    return dictionary === undefined ? {} : { dictionary };
  }

  #begin(): InflateRaw {
    const zlib = createInflateRaw({ chunkSize: pieceBytes, ...this.#dictionary() });
    zlib.on('data', (octets: Uint8Array) => {
      if (this.#over) return;
      this.#recent.add(octets);
      this.#owner.inflated(octets);
    });
    zlib.on('end', () => this.#streamEnded(zlib));
    zlib.on('error', (error) => {
      if (!this.#over) this.#owner.inflaterFailed(error);
    });
    if (this.#paused) zlib.pause();
    this.#givenBytes = 0;
    return zlib;
  }

  #next(): void {
    if (this.#current !== undefined || this.#ended || this.#over) return;
    const octets = this.#queue[0];
    if (octets === undefined) return;
    if (this.#stopping && beginsLine(octets)) {
      this.#finish();
      return;
    }
    this.#queue.shift();
    this.#queuedBytes -= octets.length;
    this.#current = octets;
    this.#zlib ??= this.#begin();
    this.#givenBytes += octets.length;
    this.#isFlushed = isFlushedBatch(octets);
    this.#zlib.write(octets, (error) => {
      if (error === null || error === undefined) this.#inflatedAll();
    });
  }

  #inflatedAll(): void {
    this.#current = undefined;
    if (this.#over) return;
    this.#next();
    if (!this.busy && !this.#over) this.#owner.inflaterIdle();
  }

  /** zlib takes no more: the octets that it left are no part of the stream. */
  #streamEnded(zlib: InflateRaw): void {
    if (this.#over) return;
    this.#ended = true;
    const current = this.#current;
    const left = this.#givenBytes - zlib.bytesWritten;
    if (current !== undefined && left > 0) this.#queue.unshift(current.subarray(current.length - left));
    this.#current = undefined;
    if (this.#stopping) this.#finish();
    else this.#owner.inflaterIdle();
  }

  #finish(): void {
    const rest = this.#queue;
    this.destroy();
    this.#owner.plainAgain(rest);
  }
}

function beginsLine(octets: Uint8Array): boolean {
  const first = octets[0] ?? 0;
  return first >= SPACE || first === CR || first === LF;
}

/** Small, and ends as a flush does: with an empty stored block (RFC 1951 section 3.2.4). */
function isFlushedBatch(octets: Uint8Array): boolean {
  const end = octets.length;
  if (end > smallBytes || end < 5) return false;
  return octets[end - 4] === 0 && octets[end - 3] === 0 && octets[end - 2] === 0xff && octets[end - 1] === 0xff;
}
