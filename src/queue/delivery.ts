import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { OutgoingStore } from '../store/queue/outgoing-store.ts';
import type { Batch, Courier } from './courier.ts';
import type { Outcome, QueueEntry, QueueId } from './queued.ts';
import type { Settler } from './settler.ts';
import { baseAddress } from './suppression.ts';

const firstPauseMs = 500;
const longestPauseMs = 15_000;

export interface DeliveryServices {
  readonly settler: Settler;
  readonly clock: Clock;
  readonly log: Log;
  readonly store: Pick<OutgoingStore, 'suppressed'>;
  /** The server stops: end soon. */
  readonly signal: AbortSignal;
}

/** One batch on its way: who is suppressed does not go, outcomes are kept as they come, whatever the store says. */
export class Delivery {
  readonly #batch: Batch;
  readonly #with: DeliveryServices;
  readonly #open = new Map<QueueId, QueueEntry>();
  readonly #startedAtMs: number;
  #how: 'served' | 'failed' | 'nothing' = 'nothing';

  constructor(batch: Batch, services: DeliveryServices) {
    this.#batch = batch;
    this.#with = services;
    this.#startedAtMs = services.clock.now();
    for (const entry of batch.entries) this.#open.set(entry.id, entry);
  }

  /** Never rejects. `left`: entries that were not tried, to be given back; `how`: what it says about the destination. */
  async run(
    courier: Courier,
  ): Promise<{ readonly left: ReadonlySet<QueueId>; readonly how: 'served' | 'failed' | 'nothing' }> {
    const { signal, log } = this.#with;
    let fault: unknown;
    try {
      await this.#endSuppressed();
      const entries = [...this.#open.values()];
      if (entries.length > 0 && !signal.aborted) {
        await courier.deliver({ ...this.#batch, entries }, (outcomes) => this.#record(outcomes), signal);
      }
    } catch (error) {
      fault = error;
    }
    if (signal.aborted) return { left: new Set(this.#open.keys()), how: this.#how };
    if (this.#open.size > 0) {
      if (fault === undefined) fault = new Error('the courier gave no outcome');
      log.error('a try ended in a fault of this server', { message: this.#batch.message.messageId }, fault);
      await this.#record([...this.#open.keys()].map((id) => this.#faultOf(id)));
    } else if (fault !== undefined) log.error('a courier failed after its outcomes', {}, fault);
    return { left: new Set(this.#open.keys()), how: this.#how };
  }

  async #endSuppressed(): Promise<void> {
    const { store, settler, clock } = this.#with;
    const { accountId, kind } = this.#batch.message;
    if (accountId === undefined || kind !== 'mail' || this.#batch.transport.kind === 'local') return;
    const suppressed: QueueEntry[] = [];
    for (const entry of this.#open.values()) {
      const reason = await store.suppressed(accountId, baseAddress(entry.recipient), clock.now());
      if (reason !== undefined) suppressed.push(entry);
    }
    if (suppressed.length === 0) return;
    await settler.giveUp(suppressed, '5.7.1', 'suppressed');
    for (const { id } of suppressed) this.#open.delete(id);
  }

  async #record(outcomes: readonly Outcome[]): Promise<void> {
    const pairs: (readonly [QueueEntry, Outcome])[] = [];
    for (const outcome of outcomes) {
      const entry = this.#open.get(outcome.id);
      if (entry === undefined) continue;
      pairs.push([entry, outcome]);
      this.#learn(outcome);
    }
    if (pairs.length === 0) return;
    await this.#settleSurely(pairs);
    for (const [{ id }] of pairs) this.#open.delete(id);
  }

  /** The other side has it: that must not be forgotten because the disk is full or the database away for a while. */
  async #settleSurely(pairs: readonly (readonly [QueueEntry, Outcome])[]): Promise<void> {
    const { settler, log, signal } = this.#with;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
      try {
        await settler.settle(pairs);
        return;
      } catch (error) {
        log.error('how a try ended could not be kept; it is tried again', { entries: pairs.length }, error);
        if (signal.aborted) throw error;
        await pause(pauseMs, signal);
      }
    }
  }

  /** A reply of any kind shows that the server works; 421 and silence show the contrary. */
  #learn(outcome: Outcome): void {
    const reply = outcome.reply;
    if (outcome.result === 'later' && (reply === undefined || reply.code === 421)) {
      if (this.#how === 'nothing') this.#how = 'failed';
    } else if (outcome.result === 'delivered' || reply !== undefined) this.#how = 'served';
  }

  #faultOf(id: QueueId): Outcome {
    const summary = 'A fault of this server; see its log. It is tried again.';
    return {
      id,
      result: 'later',
      reply: undefined,
      status: '4.3.0',
      story: {
        startedAtMs: this.#startedAtMs,
        endedAtMs: this.#with.clock.now(),
        transport: this.#batch.transport.name,
        hosts: [],
        result: 'later',
        summary,
      },
    };
  }
}

function pause(forMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, forMs);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
