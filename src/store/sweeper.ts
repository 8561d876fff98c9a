import type { Log } from '../base/log.ts';
import type { BackgroundJob } from './background-job.ts';
import type { BlobStore } from './blob-store.ts';
import type { Engine } from './engine.ts';
import { first } from './sql/statement.ts';

const minuteMs = 60_000;
/** Sessions that were not told of an expunge may still read the message for so long. */
const graceMs = 60 * minuteMs;
const everyMs = 10 * minuteMs;
const strayEveryMs = 24 * 60 * minuteMs;
/** One of several processes sweeps, for all. */
const leaseMs = 30 * minuteMs;

/** Frees what nobody needs any more: emails in no mailbox, their blobs, and octets in the blob store that no row names. */
export class Sweeper implements BackgroundJob {
  readonly #engine: Engine;
  readonly #blobs: BlobStore;
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;
  #lastStrayCheckMs = Date.now();
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(engine: Engine, blobs: BlobStore, log: Log) {
    this.#engine = engine;
    this.#blobs = blobs;
    this.#log = log;
    this.#timer = setInterval(() => {
      this.#running ??= this.#run().finally(() => {
        this.#running = undefined;
      });
    }, everyMs).unref();
  }

  committed(): void {
    // The sweep goes by the clock.
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      if (!(await this.#engine.takeLease('sweep', leaseMs))) return;
      const now = Date.now();
      await this.sweepEmails(now - graceMs);
      if (now - this.#lastStrayCheckMs >= strayEveryMs) {
        this.#lastStrayCheckMs = now;
        await this.removeStrayBlobs(now - graceMs);
      }
      await this.#engine.takeLease('sweep', 0);
    } catch (error) {
      this.#log.error('the sweep of removed mail failed; it is tried again later', {}, error);
    }
  }

  /** Removes emails (and their blobs) that have been in no mailbox since before this time. */
  async sweepEmails(orphanedBefore: number): Promise<{ readonly emails: number; readonly blobs: number }> {
    let emails = 0;
    let blobs = 0;
    while (!this.#stopped) {
      const swept = await this.#engine.write('sweep', { orphanedBefore, storedBefore: orphanedBefore });
      emails += swept.emails;
      blobs += swept.blobs;
      if (swept.emails === 0) break;
    }
    return { emails, blobs };
  }

  /** Removes octets from the blob store that no row names; left by a crash between the two, or by the sweep. */
  async removeStrayBlobs(modifiedBefore: number): Promise<number> {
    let removed = 0;
    for await (const { key, modifiedAtMs } of this.#blobs.list()) {
      if (this.#stopped) break;
      if (modifiedAtMs >= modifiedBefore) continue;
      const row = await this.#engine.read(
        first(
          'SELECT 1 FROM blob WHERE hash_prefix = ? AND hash = ?',
          ...[Number.parseInt(key.slice(0, 12), 16), Buffer.from(key, 'hex')],
        ),
      );
      if (row !== undefined) continue;
      if (await this.#blobs.remove(key, modifiedBefore)) removed += 1;
    }
    return removed;
  }
}
