/** Something that has to look at the time now and then. */
export interface Ticking {
  /** Called about once per period with the length of the period in milliseconds. */
  tick(elapsedMs: number): void;
}

/**
 * One interval for the time limits of all connections, instead of timers that are set and cleared with every read. Limits
 * are kept to within one period. It runs only while there is something to tick, and never keeps the process alive.
 */
export class Ticker {
  readonly #members = new Set<Ticking>();
  readonly #periodMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(periodMs: number) {
    this.#periodMs = periodMs;
  }

  add(member: Ticking): void {
    this.#members.add(member);
    this.#timer ??= setInterval(() => this.#tick(), this.#periodMs).unref();
  }

  delete(member: Ticking): void {
    this.#members.delete(member);
    if (this.#members.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    for (const member of this.#members) member.tick(this.#periodMs);
  }
}
