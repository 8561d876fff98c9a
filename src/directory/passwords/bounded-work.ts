/**
 * Runs at most `limit` pieces of work at once; the others wait in order. Password hashing takes 20 MB and a thread each,
 * so logins queue here instead of starving the disk of threads. What is urgent goes before all else. The queue needs no bound
 * of its own: a connection waits for its answer, and connections are bounded.
 */
export class BoundedWork {
  readonly #limit: number;
  #running = 0;
  readonly #urgent: (() => void)[] = [];
  readonly #others: (() => void)[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  async run<T>(work: () => Promise<T>, isUrgent = false): Promise<T> {
    const queue = isUrgent ? this.#urgent : this.#others;
    if (this.#running >= this.#limit) await new Promise<void>((resolve) => queue.push(resolve));
    else this.#running++;
    try {
      return await work();
    } finally {
      const next = this.#urgent.shift() ?? this.#others.shift();
      if (next) next();
      else this.#running--;
    }
  }
}
