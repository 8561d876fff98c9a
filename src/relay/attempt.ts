import type { Batch } from '../queue/courier.ts';
import type { AttemptStory, HostStory, Outcome, QueueEntry, QueueId, RemoteReply } from '../queue/queued.ts';
import { HostLog } from './host-log.ts';
import type { Verdict } from './verdict.ts';

type RecordOutcomes = (outcomes: readonly Outcome[]) => Promise<void>;

/** Hosts told of in a story at most; each is bounded too. */
const maxHosts = 20;
const longestMs = 15 * 60_000;

/** One try of one batch: which entries are still open, what was met, and what comes of it. */
export class Attempt {
  readonly batch: Batch;
  readonly signal: AbortSignal;
  /** Entries without an outcome. */
  readonly open: Map<QueueId, QueueEntry>;
  readonly #record: RecordOutcomes;
  readonly #now: () => number;
  readonly #startedAtMs: number;
  readonly #logs: HostLog[] = [];
  readonly #failures = new Map<QueueId, Verdict>();

  constructor(batch: Batch, record: RecordOutcomes, signal: AbortSignal, now: () => number) {
    this.batch = batch;
    this.signal = signal;
    this.open = new Map(batch.entries.map((entry) => [entry.id, entry]));
    this.#record = record;
    this.#now = now;
    this.#startedAtMs = now();
  }

  /** Nothing is left to do, or we were told to stop. */
  get isOver(): boolean {
    return this.open.size === 0 || this.signal.aborted;
  }

  /** So much time went by that no other host is begun with: whoever makes us wait must not keep a place for hours. */
  get isLate(): boolean {
    return this.#now() - this.#startedAtMs > longestMs;
  }

  /** The stories of the entry that was tried most: its tries are those of the others too. */
  get stories(): readonly AttemptStory[] {
    return this.batch.entries.reduce((most, { story }) => (story.length > most.length ? story : most), noStories);
  }

  host(name: string, address: string | undefined): HostLog {
    const log = new HostLog(name, address);
    this.#logs.push(log);
    return log;
  }

  /** What hinders an entry for now: what comes of it when no other host takes it. `later` outweighs `failed`. */
  note(id: QueueId, verdict: Verdict): void {
    const before = this.#failures.get(id);
    if (before?.result === 'later' && verdict.result === 'failed') return;
    this.#failures.set(id, verdict);
  }

  noteAll(verdict: Verdict): void {
    for (const id of this.open.keys()) this.note(id, verdict);
  }

  /** The entries that a host took. Settles when it is recorded. */
  async delivered(
    ids: readonly QueueId[],
    dsn: 'handed-on' | 'relayed-without-dsn',
    reply: RemoteReply,
  ): Promise<void> {
    await this.#settle(ids, (id) => ({
      id,
      story: this.#story(id, 'delivered', `${reply.host} took it: ${printReply(reply)}`),
      result: 'delivered',
      dsn,
      reply,
    }));
  }

  /** What is known of these entries is the end of this try. */
  async settle(verdicts: ReadonlyMap<QueueId, Verdict>): Promise<void> {
    await this.#settle([...verdicts.keys()], (id) => this.#unhappy(id, verdicts.get(id)));
  }

  /** All that is still open gets what hindered it; after the signal it is left open. */
  async finish(): Promise<void> {
    if (this.signal.aborted) return;
    await this.#settle([...this.open.keys()], (id) => this.#unhappy(id, this.#failures.get(id)));
  }

  #unhappy(id: QueueId, verdict: Verdict = nothingTried): Outcome {
    const { result, status, text, reply } = verdict;
    return { id, story: this.#story(id, result, text), result, status, reply };
  }

  async #settle(ids: readonly QueueId[], outcomeOf: (id: QueueId) => Outcome): Promise<void> {
    const mine = ids.filter((id) => this.open.has(id));
    if (mine.length === 0) return;
    const outcomes = mine.map((id) => outcomeOf(id));
    for (const id of mine) this.open.delete(id);
    await this.#record(outcomes);
  }

  #story(id: QueueId, result: AttemptStory['result'], summary: string): AttemptStory {
    const hosts: HostStory[] = this.#logs.slice(-maxHosts).map((log) => log.story(id));
    const transport = this.batch.transport.name;
    const endedAtMs = this.#now();
    return { startedAtMs: this.#startedAtMs, endedAtMs, transport, hosts, result, summary: summary.slice(0, 500) };
  }
}

const noStories: readonly AttemptStory[] = [];
const nothingTried: Verdict = { result: 'later', status: '4.4.1', text: 'no host could be tried' };

/** `550 5.1.1 no such user` */
export function printReply({ code, enhanced, text }: RemoteReply): string {
  return [code, enhanced, text].filter((part) => part !== undefined && part !== '').join(' ');
}
