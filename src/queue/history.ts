import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { OutgoingStore } from '../store/queue/outgoing-store.ts';
import type { RetiredFilter, RetiredPlace } from '../store/queue/retired-row.ts';
import type { RetiredEntry } from './queued.ts';
import type { QueueSettings } from './queue-settings.ts';
import { failuresCountMs } from './recipient-lessons.ts';
import { toRetired } from './rows.ts';

const sweepEveryMs = 10 * 60_000;
/** Rows in one transaction: deliveries share the writer with the sweep. */
const sweptAtATime = 500;

export interface HistoryServices {
  readonly store: Pick<OutgoingStore, 'history' | 'sweepHistory'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: Pick<QueueSettings, 'historyMs'>;
}

/** What has left the queue, kept for a while. Written by the `Settler` with the outcome itself. */
export class History {
  readonly #services: HistoryServices;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> | undefined;
  #stopped = false;

  constructor(services: HistoryServices) {
    this.#services = services;
  }

  /** The newest first. */
  async list(
    filter: RetiredFilter,
    page: { readonly before?: RetiredPlace | undefined; readonly limit: number },
  ): Promise<readonly RetiredEntry[]> {
    return (await this.#services.store.history(filter, page)).map(toRetired);
  }

  /** Begins to remove what is too old. Several processes may do so at once. */
  start(): void {
    this.#timer = setInterval(() => {
      this.#sweeping ??= this.sweep()
        .catch((error: unknown) => this.#services.log.error('the history of the queue could not be swept', {}, error))
        .finally(() => {
          this.#sweeping = undefined;
        });
    }, sweepEveryMs).unref();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#sweeping;
  }

  /** Removes what is too old, a little at a time. */
  async sweep(): Promise<void> {
    const { store, clock, settings } = this.#services;
    while (!this.#stopped) {
      const endedBeforeMs = clock.now() - settings.historyMs;
      const failedBeforeMs = clock.now() - failuresCountMs;
      if ((await store.sweepHistory({ endedBeforeMs, failedBeforeMs, limit: sweptAtATime })) < sweptAtATime) return;
    }
  }
}
