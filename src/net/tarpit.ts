/**
 * How many connections may be kept waiting on purpose at a time. Beyond that, delays end at once: waiting must cost the
 * other side more than us.
 */
export class Tarpit {
  readonly #max: number;
  #waiting = 0;

  constructor(max = 1000) {
    this.#max = max;
  }

  /** False when there is no room; otherwise `leave` must be called. */
  enter(): boolean {
    if (this.#waiting >= this.#max) return false;
    this.#waiting++;
    return true;
  }

  leave(): void {
    this.#waiting--;
  }
}
