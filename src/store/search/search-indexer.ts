import type { Log } from '../../base/log.ts';
import type { BackgroundJob } from '../background-job.ts';
import type { Delta } from '../delta.ts';
import type { Engine } from '../engine.ts';
import type { AccountId } from '../ids.ts';
import { query, type Operation, type SqlRow } from '../sql/statement.ts';
import type { IndexThreadData, ToIndexer } from './index-thread.ts';
import { messageTextColumns } from './message-text.ts';
import type { SignedMessage } from './signature-block.ts';
import { ThreadOnDemand } from './thread-on-demand.ts';

/** Messages read and decoded in one go, and how many of those goes share one write: a full block of the index. */
const perBatch = 64;
const batchesPerWrite = 4;
/** Indexing waits until nothing was delivered for so long: it must not compete with deliveries. */
const quietMs = 1000;
/** But no longer than this, so that what searches have to look at themselves stays small. */
const longestWaitMs = 20_000;
/** After a failure (a full disk, say). */
const retryMs = 30_000;
/** Of several processes on one database one indexes, for all: renewed with each block, taken over when it died. */
const lease = { name: 'search', forMs: 60_000, lookAgainMs: 5000 } as const;

/** Fills the text index behind the deliveries. What it has not reached yet, searches look at themselves. */
export class SearchIndexer implements BackgroundJob {
  readonly #engine: Engine;
  readonly #thread: ThreadOnDemand<ToIndexer, readonly SignedMessage[]>;
  readonly #log: Log;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  /** When the first message that is not indexed came, and when the last did. */
  #waitingSinceMs = 0;
  #lastAddedMs = 0;

  constructor(engine: Engine, data: IndexThreadData, log: Log) {
    this.#engine = engine;
    this.#thread = new ThreadOnDemand(new URL('./index-thread.ts', import.meta.url), data);
    this.#log = log;
    this.#schedule(quietMs);
  }

  committed(deltas: readonly Delta[]): void {
    if (!deltas.some((delta) => delta.kind === 'added')) return;
    this.#lastAddedMs = performance.now();
    this.#schedule(quietMs);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
    await this.#thread.close();
  }

  #schedule(ms: number): void {
    this.#again = true;
    if (this.#stopped || this.#timer !== undefined || this.#running !== undefined) return;
    if (this.#waitingSinceMs === 0) this.#waitingSinceMs = performance.now();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const now = performance.now();
      if (now - this.#lastAddedMs < quietMs / 2 && now - this.#waitingSinceMs < longestWaitMs) {
        this.#schedule(quietMs);
        return;
      }
      this.#waitingSinceMs = 0;
      this.#running = this.#run().finally(() => {
        this.#running = undefined;
        if (this.#again) this.#schedule(quietMs);
      });
    }, ms).unref();
  }

  async #run(): Promise<void> {
    this.#again = false;
    try {
      do {
        if (!(await this.#engine.takeLease(lease.name, lease.forMs))) {
          setTimeout(() => this.#schedule(0), lease.lookAgainMs).unref();
          return;
        }
      } while (!this.#stopped && (await this.#indexSome()));
      await this.#engine.takeLease(lease.name, 0);
    } catch (error) {
      this.#log.error('the text index could not be filled; searches stay exact but slower', {}, error);
      setTimeout(() => this.#schedule(0), retryMs).unref();
    }
  }

  /** Indexes as many as fill a block. False: there was none. */
  async #indexSome(): Promise<boolean> {
    const byAccount = new Map<AccountId, SignedMessage[]>();
    let after = 0;
    for (let batch = 0; batch < batchesPerWrite && !this.#stopped; batch += 1) {
      const rows = await this.#engine.read(readPending(after));
      if (rows.length === 0) break;
      const toSign = rows.map((row) => row.slice(1));
      const signed = await this.#thread.ask(toSign, toSign.flatMap(ownMemory));
      for (const [at, message] of signed.entries()) {
        const accountId = Number(rows[at]?.[0]) as AccountId;
        const messages = byAccount.get(accountId) ?? [];
        byAccount.set(accountId, messages);
        messages.push(message);
        after = message.id;
      }
    }
    if (byAccount.size === 0) return false;
    const accounts = Array.from(byAccount, ([accountId, messages]) => ({ accountId, messages }));
    await this.#engine.write('addSignatures', { accounts, upTo: after });
    return true;
  }
}

/** Octets that have their memory to themselves need no copy for the thread. */
function ownMemory(row: SqlRow): ArrayBuffer[] {
  return row.flatMap((value) => {
    if (!(value instanceof Uint8Array)) return [];
    const { buffer, byteLength } = value;
    return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
  });
}

function readPending(after: number): Operation<readonly SqlRow[]> {
  return query(
    `SELECT p.account_id, m.id, ${messageTextColumns} FROM search_pending p CROSS JOIN email m CROSS JOIN blob b ` +
      'WHERE p.email_id > ? AND m.id = p.email_id AND b.id = m.blob_id ORDER BY p.email_id LIMIT ?',
    ...[after, perBatch],
  );
}
