import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { LoginAttemptRow } from '../../store/login-attempt.ts';
import type { Store } from '../../store/store.ts';
import { dayMs, rowOf } from './login-attempt.ts';
import type { EndedAttempt } from './login-attempt.ts';

export type LoginStore = Pick<Store, 'addLoginAttempts' | 'readLoginAttempts' | 'pruneLoginAttempts'>;

/** So long rows wait for others before they are written. */
const flushMs = 5000;
/** A client that has just logged in may still say what it is (IMAP ID). */
const nameMs = 1000;
const keepMs = 30 * dayMs;
/** When a key or an app password was used last is known longer. */
const keepLastUseMs = 400 * dayMs;
const maxLastUses = 1000;
const keepPerAccount = 10_000;
const pruneMs = 3_600_000;
/** Different rows that wait; beyond, what is from outside is left out of them, so that few remain. */
const maxWaiting = 5000;
const maxFresh = 1000;
const rowsPerWrite = 200;

/** A login that was noted; its client may still tell its name. */
export interface LoginNote {
  client(text: string): void;
}

interface Fresh {
  attempt: EndedAttempt;
}

/**
 * The log of login attempts, durable in the store. No login waits for it: attempts are counted in memory, bounded, and written
 * some seconds later. What a crash loses is the last seconds. spec/protocols.md section 3.4.
 */
export class LoginLog {
  readonly #store: LoginStore;
  readonly #clock: Clock;
  readonly #log: Log;
  /** By key. */
  #waiting = new Map<string, LoginAttemptRow>();
  #fresh: Fresh[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #prunedAtMs = Number.NEGATIVE_INFINITY;

  constructor(store: LoginStore, clock: Clock, log: Log) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
  }

  add(attempt: EndedAttempt): LoginNote {
    this.#timer ??= setTimeout(() => void this.#flushSoon(), flushMs).unref();
    const fresh: Fresh = { attempt };
    if (attempt.result !== 'ok' || this.#fresh.length >= maxFresh) this.#count(attempt);
    else this.#fresh.push(fresh);
    return { client: (client) => (fresh.attempt = { ...fresh.attempt, client }) };
  }

  /** The latest first, with those that were not written yet. `account` `-`: logins that nobody has. */
  async read(account: string | undefined, limit: number): Promise<readonly LoginAttemptRow[]> {
    await this.#flush(0);
    const sinceMs = this.#clock.now() - keepMs;
    return this.#store.readLoginAttempts({ ...(account === undefined ? {} : { account }), sinceMs, limit });
  }

  /** When each key and app password of an account logged in last, the latest first. */
  async readLastUses(account: string): Promise<readonly LoginAttemptRow[]> {
    await this.#flush(0);
    const sinceMs = this.#clock.now() - keepLastUseMs;
    return this.#store.readLoginAttempts({ account, sinceMs, limit: maxLastUses, lastUses: true });
  }

  /** Those since then, for what has to be known again after a restart. */
  readSince(sinceMs: number, limit: number): Promise<readonly LoginAttemptRow[]> {
    return this.#store.readLoginAttempts({ sinceMs, limit });
  }

  /** Writes what waits. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#flush(0);
  }

  async #flushSoon(): Promise<void> {
    this.#timer = undefined;
    await this.#flush(nameMs);
    if (this.#waiting.size + this.#fresh.length > 0) {
      this.#timer ??= setTimeout(() => void this.#flushSoon(), flushMs).unref();
    }
  }

  /** Of those that succeeded only what is older than so long. Never throws: what cannot be written waits on. */
  async #flush(olderThanMs: number): Promise<void> {
    while (this.#writing) await this.#writing;
    this.#writing = this.#write(olderThanMs);
    await this.#writing;
    this.#writing = undefined;
  }

  async #write(olderThanMs: number): Promise<void> {
    const until = this.#clock.now() - olderThanMs;
    const settled = this.#fresh.filter(({ attempt }) => attempt.atMs <= until);
    this.#fresh = this.#fresh.filter(({ attempt }) => attempt.atMs > until);
    for (const { attempt } of settled) this.#count(attempt);
    const rows = [...this.#waiting.values()];
    this.#waiting = new Map();
    let written = 0;
    try {
      for (; written < rows.length; written += rowsPerWrite) {
        await this.#store.addLoginAttempts(rows.slice(written, written + rowsPerWrite));
      }
      await this.#prune();
    } catch (error) {
      this.#log.error('login attempts could not be written; trying later', {}, error);
      for (const row of rows.slice(written)) this.#addRow(row);
    }
  }

  async #prune(): Promise<void> {
    const now = this.#clock.now();
    if (now - this.#prunedAtMs < pruneMs) return;
    this.#prunedAtMs = now;
    await this.#store.pruneLoginAttempts({
      beforeMs: now - keepMs,
      lastUseBeforeMs: now - keepLastUseMs,
      keepPerAccount,
    });
  }

  #count(attempt: EndedAttempt): void {
    const row = rowOf(attempt);
    if (this.#waiting.size < maxWaiting || this.#waiting.has(row.key)) return this.#addRow(row);
    // A flood: how many there are is kept, who they were is not.
    this.#addRow(rowOf({ ...attempt, login: '', client: '', remoteAddress: '', account: undefined, proof: undefined }));
  }

  #addRow(row: LoginAttemptRow): void {
    const before = this.#waiting.get(row.key);
    this.#waiting.set(
      row.key,
      before === undefined
        ? row
        : {
            ...before,
            count: before.count + row.count,
            firstAtMs: Math.min(before.firstAtMs, row.firstAtMs),
            lastAtMs: Math.max(before.lastAtMs, row.lastAtMs),
          },
    );
  }
}
