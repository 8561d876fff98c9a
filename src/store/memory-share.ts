/**
 * Memory that many may have a part of, with a limit for all of them together: whoever is refused does with less. Counts
 * only; octets.
 */
export class MemoryShare {
  readonly #mostBytes: number;
  #takenBytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  get takenBytes(): number {
    return this.#takenBytes;
  }

  /** False: that would be too much, and nothing was taken. */
  take(bytes: number): boolean {
    if (this.#takenBytes + bytes > this.#mostBytes) return false;
    this.#takenBytes += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#takenBytes -= bytes;
  }
}
