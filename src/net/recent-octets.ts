/** The last octets that went through, at most so many: what a DEFLATE stream may refer back to (RFC 1951 section 2). */
export class RecentOctets {
  readonly #most: number;
  #octets: Uint8Array | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  /** Undefined while nothing went through. */
  get octets(): Uint8Array | undefined {
    return this.#octets;
  }

  /** Copies what it keeps. */
  add(more: Uint8Array): void {
    const old = this.#octets;
    if (more.length === 0) return;
    if (old === undefined || more.length >= this.#most) {
      // `slice` of a Buffer would be a view.
      this.#octets = new Uint8Array(more.subarray(Math.max(0, more.length - this.#most)));
      return;
    }
    const kept = Math.min(old.length, this.#most - more.length);
    const joined = old.length === kept + more.length ? old : new Uint8Array(kept + more.length);
    joined.set(old.subarray(old.length - kept));
    joined.set(more, kept);
    this.#octets = joined;
  }
}
