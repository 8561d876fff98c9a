import type { Tarpit } from './tarpit.ts';

/** The delays of one connection: they end with it, and count in the tarpit of the process. */
export class Delays {
  readonly #tarpit: Tarpit;
  #running: Set<() => void> | undefined;

  constructor(tarpit: Tarpit) {
    this.#tarpit = tarpit;
  }

  /** Resolves after `ms`; undefined when too many wait already. */
  begin(ms: number): Promise<void> | undefined {
    const tarpit = this.#tarpit;
    if (!tarpit.enter()) return undefined;
    return new Promise((resolve) => {
      const running = (this.#running ??= new Set());
      const done = () => {
        clearTimeout(timer);
        running.delete(done);
        tarpit.leave();
        resolve();
      };
      const timer = setTimeout(done, ms);
      running.add(done);
    });
  }

  /** Ends all of them now. */
  endAll(): void {
    for (const done of this.#running ?? []) done();
  }
}
