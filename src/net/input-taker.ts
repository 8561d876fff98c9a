import type { Framer, Input } from '../base/conversation.ts';
import { InputBuffer } from './input-buffer.ts';
import { inputHighWater } from './timings.ts';

const moreFramed: Input<never> = { kind: 'framed', done: false };
const doneFramed: Input<never> = { kind: 'framed', done: true };

/** Takes inputs out of the octets that arrived, in the way that was asked for: lines, a count, or pieces of a framer. */
export class InputTaker {
  readonly #buffer = new InputBuffer();
  #maxLine = 1024;
  #count = 0;
  /** What is counted passes through and is not kept. */
  #passing = false;
  #framer: Framer | undefined;
  /** A whole chunk that was consumed and is not kept. */
  #spent: Uint8Array | undefined;

  /** Octets that wait. */
  get bytes(): number {
    return this.#buffer.bytes;
  }

  /** Octets are expected that the conversation asked for, not lines. */
  get isData(): boolean {
    return this.#count > 0 || this.#framer !== undefined;
  }

  append(chunk: Uint8Array): void {
    this.#buffer.append(chunk);
  }

  clear(): void {
    this.#buffer.clear();
  }

  /** Takes out all that waits, for another to read it. */
  takeAll(): readonly Uint8Array[] {
    const all: Uint8Array[] = [];
    for (let next = this.#buffer.peek(inputHighWater); next !== undefined; next = this.#buffer.peek(inputHighWater)) {
      all.push(next);
      this.#buffer.consume(next.length);
    }
    return all;
  }

  expectLines(maxBytes: number): void {
    this.#maxLine = maxBytes;
  }

  expectOctets(count: number, passing: boolean): void {
    this.#count = count;
    this.#passing = passing;
  }

  expectFramed(framer: Framer): void {
    this.#framer = framer;
  }

  /** The next input; undefined when it is not there yet. Its octets are a view that stays true. */
  next(): Input<never> | undefined {
    if (this.#framer !== undefined) return this.#nextFramed(this.#framer);
    if (this.#count > 0) return this.#nextOctets();
    const line = this.#buffer.takeLine(this.#maxLine);
    if (line === undefined) return undefined;
    return line === 'too-long' ? { kind: 'line-too-long' } : { kind: 'line', ...line };
  }

  /**
   * The conversation is done with the last input. The memory of a chunk that passed through is given back at once: while a
   * large message streams through, waiting for the garbage collector would cost tens of megabytes.
   */
  release(): void {
    const spent = this.#spent;
    if (spent === undefined) return;
    this.#spent = undefined;
    if (spent.buffer instanceof ArrayBuffer) spent.buffer.transfer(0);
  }

  #nextFramed(framer: Framer): Input<never> | undefined {
    const chunk = this.#buffer.peek(inputHighWater);
    if (chunk === undefined) return undefined;
    const { consumed, done } = framer.push(chunk);
    this.#buffer.consume(consumed);
    if (done) this.#framer = undefined;
    if (consumed === chunk.length && isWorthReleasing(chunk)) this.#spent = chunk;
    return done ? doneFramed : moreFramed;
  }

  #nextOctets(): Input<never> | undefined {
    const octets = this.#buffer.peek(Math.min(this.#count, inputHighWater));
    if (octets === undefined) return undefined;
    this.#count -= octets.length;
    this.#buffer.consume(octets.length);
    if (this.#passing && isWorthReleasing(octets)) this.#spent = octets;
    return { kind: 'octets', octets, last: this.#count === 0 };
  }
}

/** Large, and alone in its memory. */
function isWorthReleasing(chunk: Uint8Array): boolean {
  return chunk.length >= 16_384 && chunk.length === chunk.buffer.byteLength;
}
