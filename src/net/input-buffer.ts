const LF = 10;
const CR = 13;

/** A line taken out: its octets without the line end, or that it was too long. */
export type TakenLine = { readonly line: Uint8Array; readonly bareLf: boolean } | 'too-long';

/**
 * Octets that arrived and are not consumed yet. Chunks are kept as they came and only joined where a line crosses them, and
 * nothing is ever written into a chunk again: views that were handed out stay true.
 */
export class InputBuffer {
  #chunk: Uint8Array | undefined;
  /** Where the unconsumed part of `#chunk` begins. */
  #start = 0;
  /** How far `#chunk` was searched for a line end. */
  #searched = 0;
  #more: Uint8Array[] | undefined;
  #moreBytes = 0;
  /** The rest of a line that was too long is being thrown away. */
  #skipping = false;

  get bytes(): number {
    return (this.#chunk === undefined ? 0 : this.#chunk.length - this.#start) + this.#moreBytes;
  }

  append(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    if (this.#chunk === undefined) {
      this.#chunk = chunk;
      this.#start = this.#searched = 0;
    } else {
      (this.#more ??= []).push(chunk);
      this.#moreBytes += chunk.length;
    }
  }

  clear(): void {
    this.#chunk = undefined;
    this.#more = undefined;
    this.#moreBytes = 0;
    this.#skipping = false;
  }

  /**
   * The next line, of at most `maxBytes` without its end; undefined when it is not there yet. A line that is too long is
   * told at once, without waiting for its end, and never kept.
   */
  takeLine(maxBytes: number): TakenLine | undefined {
    for (;;) {
      const chunk = this.#chunk;
      if (chunk === undefined) return undefined;
      const lf = chunk.indexOf(LF, this.#searched);
      if (this.#skipping) {
        if (lf < 0) this.#next();
        else this.#skipped(lf + 1);
        continue;
      }
      if (lf >= 0) return this.#lineTo(chunk, lf, maxBytes);
      this.#searched = chunk.length;
      // One more for the CR.
      if (chunk.length - this.#start > maxBytes + 1) {
        this.#skipping = true;
        this.#next();
        return 'too-long';
      }
      if (!this.#join()) return undefined;
    }
  }

  /** What is there in one piece, at most `maxBytes`; undefined when nothing is. Say with `consume` how much was used. */
  peek(maxBytes: number): Uint8Array | undefined {
    const chunk = this.#chunk;
    if (chunk === undefined) return undefined;
    const end = Math.min(chunk.length, this.#start + maxBytes);
    return this.#start === 0 && end === chunk.length ? chunk : chunk.subarray(this.#start, end);
  }

  consume(bytes: number): void {
    this.#start = this.#searched = this.#start + bytes;
    if (this.#chunk !== undefined && this.#start >= this.#chunk.length) this.#next();
  }

  #lineTo(chunk: Uint8Array, lf: number, maxBytes: number): TakenLine {
    const bareLf = lf === this.#start || chunk[lf - 1] !== CR;
    const end = bareLf ? lf : lf - 1;
    const line = chunk.subarray(this.#start, end);
    this.consume(lf + 1 - this.#start);
    return line.length > maxBytes ? 'too-long' : { line, bareLf };
  }

  #skipped(end: number): void {
    this.#skipping = false;
    this.consume(end - this.#start);
  }

  /** Drops the current chunk. */
  #next(): void {
    this.#chunk = this.#more?.shift();
    this.#start = this.#searched = 0;
    this.#moreBytes -= this.#chunk?.length ?? 0;
    if (this.#more?.length === 0) this.#more = undefined;
  }

  /** Puts the rest of the current chunk and the next one together. */
  #join(): boolean {
    const chunk = this.#chunk;
    const added = this.#more?.shift();
    if (chunk === undefined || added === undefined) return false;
    const rest = chunk.length - this.#start;
    const joined = new Uint8Array(rest + added.length);
    joined.set(chunk.subarray(this.#start));
    joined.set(added, rest);
    this.#chunk = Buffer.from(joined.buffer);
    this.#start = 0;
    this.#searched = rest;
    this.#moreBytes -= added.length;
    if (this.#more?.length === 0) this.#more = undefined;
    return true;
  }
}
