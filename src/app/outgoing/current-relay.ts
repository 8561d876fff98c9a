import type { Relay } from '../../relay/relay.ts';

/** A relay that another one can take the place of. What is under way ends as it began. */
export class CurrentRelay implements Relay {
  #current: Relay;
  #underWay = new Set<Promise<void>>();
  readonly #leaving = new Set<Promise<void>>();

  constructor(first: Relay) {
    this.#current = first;
  }

  /** From the next batch on. */
  use(next: Relay): void {
    const leaving = this.#leave(this.#current, this.#underWay).finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
    this.#current = next;
    this.#underWay = new Set();
  }

  deliver(...batch: Parameters<Relay['deliver']>): Promise<void> {
    const mine = this.#underWay;
    const delivered = this.#current.deliver(...batch).finally(() => mine.delete(delivered));
    mine.add(delivered);
    return delivered;
  }

  async close(): Promise<void> {
    await Promise.all([this.#leave(this.#current, this.#underWay), ...this.#leaving]);
  }

  /** What is counted during a delivery is kept when its relay is closed. */
  async #leave(relay: Relay, underWay: ReadonlySet<Promise<void>>): Promise<void> {
    await Promise.allSettled(underWay);
    await relay.close();
  }
}
