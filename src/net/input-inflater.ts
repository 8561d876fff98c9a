import { createInflateRaw, type InflateRaw } from 'node:zlib';

/** zlib hands out at most this at once, octets. After `pause` its stream takes in 64 KiB more, then stops. */
const pieceBytes = 16_384;
/** Octets that wait to be inflated: beyond it the owner should read no more. */
const highWater = 32_768;

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
 * Inflates what arrives (RFC 1951, raw) off the event loop, piece by piece, and no further while it is paused: a few octets
 * that stand for gigabytes cost no more memory than those gigabytes sent plainly. zlib needs a window of 32 KiB for the
 * streams of clients, since nothing says how far back they refer; it is allocated once they do.
 */
export class InputInflater {
  readonly #owner: InflaterOwner;
  readonly #zlib: InflateRaw;
  /** Octets that wait behind `#current`. */
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  /** What zlib is at. */
  #current: Uint8Array | undefined;
  /** Octets given to zlib, `#current` included. */
  #givenBytes = 0;
  /** The stream has ended; `#queue` is what came after it. */
  #ended = false;
  #paused = false;
  #stopping = false;
  #over = false;

  constructor(owner: InflaterOwner) {
    this.#owner = owner;
    this.#zlib = createInflateRaw({ chunkSize: pieceBytes });
    this.#zlib.on('data', (octets: Uint8Array) => {
      if (!this.#over) owner.inflated(octets);
    });
    this.#zlib.on('end', () => this.#streamEnded());
    this.#zlib.on('error', (error) => {
      if (!this.#over) owner.inflaterFailed(error);
    });
  }

  /** Something is being inflated, or was and is not handed out. */
  get busy(): boolean {
    return this.#current !== undefined || this.aheadBytes > 0;
  }

  /** Octets that were inflated and wait for `resume`. */
  get aheadBytes(): number {
    return this.#zlib.readableLength;
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
    if (this.#over) return;
    this.#queue.push(octets);
    this.#queuedBytes += octets.length;
    this.#next();
  }

  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#zlib.pause();
  }

  resume(): void {
    if (!this.#paused || this.#over) return;
    this.#paused = false;
    this.#zlib.resume();
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
    this.#zlib.destroy();
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
    this.#givenBytes += octets.length;
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
  #streamEnded(): void {
    if (this.#over) return;
    this.#ended = true;
    const current = this.#current;
    const left = this.#givenBytes - this.#zlib.bytesWritten;
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
