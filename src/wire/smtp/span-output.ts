/**
 * Collects spans of a chunk into one piece. While only one span of the chunk is kept, it is a view and nothing is copied;
 * only when something is left out or put in between does it become a copy.
 */
export class SpanOutput {
  #chunk: Uint8Array;
  #view: Uint8Array | undefined;
  #copy: Uint8Array | undefined;
  #length = 0;

  constructor(chunk: Uint8Array) {
    this.#chunk = chunk;
  }

  /** Octets [start, end) of the chunk. */
  span(start: number, end: number): void {
    if (start >= end) return;
    if (this.#copy === undefined && this.#view === undefined) {
      this.#view = this.#chunk.subarray(start, end);
      return;
    }
    const copy = this.#makeCopy();
    const length = end - start;
    if (length < 32) {
      for (let i = 0; i < length; i++) copy[this.#length + i] = this.#chunk[start + i] ?? 0;
    } else {
      copy.set(this.#chunk.subarray(start, end), this.#length);
    }
    this.#length += length;
  }

  /** CR LF, which the chunk does not have at this place. */
  lineEnd(): void {
    const copy = this.#makeCopy();
    copy[this.#length++] = 13;
    copy[this.#length++] = 10;
  }

  /** A bare CR kept back from the chunk before. */
  carriageReturn(): void {
    this.#makeCopy()[this.#length++] = 13;
  }

  /** All of it; undefined when nothing was kept. */
  take(): Uint8Array | undefined {
    return this.#copy === undefined ? this.#view : this.#copy.subarray(0, this.#length);
  }

  /** At most each octet becomes two (LF to CRLF), and one line end may be left from the chunk before. */
  #makeCopy(): Uint8Array {
    if (this.#copy !== undefined) return this.#copy;
    const copy = new Uint8Array(2 * this.#chunk.length + 2);
    if (this.#view !== undefined) {
      copy.set(this.#view);
      this.#length = this.#view.length;
    }
    this.#copy = copy;
    return copy;
  }
}
