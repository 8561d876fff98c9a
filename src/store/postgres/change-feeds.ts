import type { Log } from '../../base/log.ts';
import type { AccountId, ModSeq } from '../ids.ts';
import { AccountFeed, type FeedSource } from './account-feed.ts';
import { readPayload } from './announcer.ts';
import { pruneChanges, readChanges, readModseq, readPositions } from './change-log.ts';
import { tryParseChange, type AccountChange } from './change-record.ts';
import type { PostgresDriver } from './postgres-driver.ts';
import type { Notice } from './postgres-listener.ts';

/** Finds what a process that died between its commit and its announcement did not tell. */
const checkEveryMs = 15_000;
const pruneEveryMs = 5 * 60_000;

interface Followed {
  readonly feed: AccountFeed;
  users: number;
}

/** The feeds of the accounts that somebody in this process is interested in, and the directory's version. */
export class ChangeFeeds {
  readonly #driver: PostgresDriver;
  readonly #process: string;
  readonly #log: Log;
  readonly #source: FeedSource;
  readonly #tellDirectory: (version: number) => void;
  readonly #followed = new Map<AccountId, Followed>();
  readonly #timers: readonly NodeJS.Timeout[];
  #directoryVersion: number;
  #checking: Promise<void> | undefined;
  #checkAgain = false;
  #closed = false;

  constructor(
    driver: PostgresDriver,
    options: {
      readonly process: string;
      readonly log: Log;
      /** Where the directory is; later versions are told. */
      readonly directoryVersion: number;
      readonly deliver: (change: AccountChange) => void;
      readonly tellDirectory: (version: number) => void;
    },
  ) {
    this.#driver = driver;
    this.#process = options.process;
    this.#log = options.log;
    this.#directoryVersion = options.directoryVersion;
    this.#tellDirectory = options.tellDirectory;
    this.#source = {
      process: options.process,
      readModseq: (accountId) => driver.read(readModseq(accountId)),
      readChanges: (accountId, after) => driver.read(readChanges(accountId, after)),
      deliver: options.deliver,
      failed: (accountId, error) => this.#warn('changes of an account cannot be read', error, { account: accountId }),
    };
    this.#timers = [
      setInterval(() => this.check(), checkEveryMs).unref(),
      setInterval(() => this.#prune(), pruneEveryMs).unref(),
    ];
  }

  follow(accountId: AccountId): void {
    const followed = this.#followed.get(accountId) ?? { feed: new AccountFeed(accountId, this.#source), users: 0 };
    followed.users += 1;
    this.#followed.set(accountId, followed);
    this.#begin(accountId, followed.feed);
  }

  unfollow(accountId: AccountId): void {
    const followed = this.#followed.get(accountId);
    if (followed === undefined) return;
    followed.users -= 1;
    if (followed.users > 0) return;
    this.#followed.delete(accountId);
    followed.feed.stop();
  }

  following(accountId: AccountId): Promise<void> | undefined {
    return this.#followed.get(accountId)?.feed.begin();
  }

  /** A change that this process committed. Undefined: it was delivered; else that is when the promise resolves. */
  own(change: AccountChange): Promise<void> | undefined {
    const followed = this.#followed.get(change.accountId);
    if (followed !== undefined) return followed.feed.own(change);
    this.#source.deliver(change);
    return undefined;
  }

  directory(version: number): void {
    if (version <= this.#directoryVersion) return;
    this.#directoryVersion = version;
    this.#tellDirectory(version);
  }

  /** What the listener hears. */
  hear(notice: Notice): void {
    if (notice.kind === 'gap') {
      this.check();
      return;
    }
    for (const said of readPayload(notice.payload, this.#process) ?? []) {
      if (said.kind === 'directory') this.directory(said.version);
      else this.#hearChange(said.accountId as AccountId, said.modseq, said.record);
    }
  }

  /** Compares with the database, soon. */
  check(): void {
    this.#checkAgain = true;
    this.#checking ??= this.#check()
      .catch((error: unknown) => this.#warn('changes by other processes cannot be looked for', error))
      .finally(() => {
        this.#checking = undefined;
      });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearInterval(timer);
    for (const { feed } of this.#followed.values()) feed.stop();
    this.#followed.clear();
    await this.#checking;
  }

  #hearChange(accountId: AccountId, modseq: number, record: string | undefined): void {
    const followed = this.#followed.get(accountId);
    if (followed === undefined) {
      if (record !== undefined) this.#hearOfMailboxes(record);
      return;
    }
    const change = record === undefined ? undefined : tryParseChange(record);
    followed.feed.remote(modseq as ModSeq, change === undefined ? undefined : { ...change, origin: undefined });
  }

  /** `watchMailboxes` is about all accounts, also those that nobody here follows. */
  #hearOfMailboxes(record: string): void {
    if (!record.includes('["mailbox",')) return;
    const change = tryParseChange(record);
    const deltas = change?.deltas.filter(({ kind }) => kind === 'mailbox') ?? [];
    if (change !== undefined && deltas.length > 0) this.#source.deliver({ ...change, origin: undefined, deltas });
  }

  #begin(accountId: AccountId, feed: AccountFeed): void {
    feed.begin()?.catch((error: unknown) => this.#source.failed(accountId, error));
  }

  async #check(): Promise<void> {
    while (this.#checkAgain && !this.#closed) {
      this.#checkAgain = false;
      for (const [accountId, { feed }] of this.#followed) this.#begin(accountId, feed);
      // Those that have begun are behind at most what is committed by now.
      const begun = [...this.#followed.keys()].filter((id) => this.#followed.get(id)?.feed.position !== undefined);
      const { modseqs, directoryVersion } = await this.#driver.read(readPositions(begun));
      this.directory(directoryVersion);
      for (const accountId of begun) {
        const modseq = modseqs.get(accountId);
        const feed = this.#followed.get(accountId)?.feed;
        if (modseq === undefined) feed?.accountGone();
        else feed?.know(modseq);
      }
    }
  }

  #prune(): void {
    this.#driver.write(pruneChanges).catch((error: unknown) => this.#warn('old changes cannot be removed', error));
  }

  #warn(message: string, error: unknown, fields: Record<string, number> = {}): void {
    if (this.#closed) return;
    this.#log.warn(message, { ...fields, reason: error instanceof Error ? error.message : String(error) });
  }
}
