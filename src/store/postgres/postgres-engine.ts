import { randomBytes } from 'node:crypto';
import { silentLog, type Log } from '../../base/log.ts';
import { openBlobStore } from '../blobs/open-blob-store.ts';
import type { BlobStore } from '../blob-store.ts';
import type { Written } from '../delta.ts';
import type { Committed, Engine } from '../engine.ts';
import type { AccountId } from '../ids.ts';
import { migrate } from '../migrations/migrate.ts';
import { prepareInMemory, prepareSpooled } from '../prepare-write.ts';
import { postgresDialect } from '../sql/dialect.ts';
import type { Operation } from '../sql/statement.ts';
import { CommitUnknown } from '../store.ts';
import { answerOfUndone, startOperation } from '../write-outcome.ts';
import { spooledMessages, type WriteArguments, type WriteName, type WriteResult } from '../write-request.ts';
import { AccountTurns } from './account-turns.ts';
import { Announcer } from './announcer.ts';
import { ChangeFeeds } from './change-feeds.ts';
import { logChange, readPositions } from './change-log.ts';
import { printChange, splitByModseq, type AccountChange } from './change-record.ts';
import { takeLease } from './lease.ts';
import { accountsOf, lockAccounts } from './lock-accounts.ts';
import { PostgresDriver } from './postgres-driver.ts';

/** One posthorn installation in a database: all its processes hear each other here. */
const channel = 'posthorn';
/** Of migrations and repairs, among all processes: "posthorn" on a telephone. */
const exclusiveKey = 76784676;

export interface PostgresEngineOptions {
  readonly url: string;
  /** A folder, or an `s3://` address; the same for all processes. */
  readonly blobs: string;
  readonly maxConnections?: number;
  readonly log?: Log;
}

/** A change as it was committed, and its line in the log. */
interface LoggedWrite {
  readonly written: Written<unknown>;
  readonly changes: readonly { readonly change: AccountChange; readonly record: string }[];
}

/** PostgreSQL, with any number of processes. Each write is a transaction of its own; they run side by side. */
export class PostgresEngine implements Engine {
  readonly dialect = postgresDialect;
  readonly #driver: PostgresDriver;
  readonly #announcing: PostgresDriver;
  readonly #blobs: BlobStore;
  readonly #log: Log;
  /** Names this process in the log. */
  readonly #process: string;
  readonly #feeds: ChangeFeeds;
  readonly #announcer: Announcer;
  readonly #turns = new AccountTurns();
  readonly #underWay = new Set<Promise<unknown>>();
  #listener: (committed: Committed) => void = () => {};
  #closed: Promise<void> | undefined;

  /** Connects, makes or migrates the schema, and listens. @throws DatabaseUnavailable, DatabaseTooNew */
  static async open(options: PostgresEngineOptions): Promise<PostgresEngine> {
    const { url, log = silentLog, maxConnections } = options;
    const driver = await PostgresDriver.open({ url, log, ...(maxConnections === undefined ? {} : { maxConnections }) });
    let announcing: PostgresDriver | undefined;
    try {
      await driver.exclusively(exclusiveKey, () => migrate(postgresDialect));
      announcing = await PostgresDriver.open({ url, log, maxConnections: 1 });
      const { directoryVersion } = await driver.read(readPositions([]));
      const engine = new PostgresEngine(driver, announcing, { ...options, log, directoryVersion });
      await driver.listen(channel, (notice) => engine.#feeds.hear(notice));
      // What was edited before we listened.
      engine.#feeds.check();
      return engine;
    } catch (error) {
      await announcing?.close();
      await driver.close();
      throw error;
    }
  }

  private constructor(
    driver: PostgresDriver,
    announcing: PostgresDriver,
    options: { readonly blobs: string; readonly log: Log; readonly directoryVersion: number },
  ) {
    const { log, directoryVersion } = options;
    this.#driver = driver;
    this.#announcing = announcing;
    this.#blobs = openBlobStore(options.blobs);
    this.#log = log;
    this.#process = randomBytes(9).toString('base64url');
    this.#announcer = new Announcer(announcing, channel, this.#process, log);
    this.#feeds = new ChangeFeeds(driver, {
      process: this.#process,
      log,
      directoryVersion,
      deliver: ({ deltas, origin }) => this.#tell({ deltas, origin, directoryVersion: undefined }),
      tellDirectory: (version) => this.#tell({ deltas: [], origin: undefined, directoryVersion: version }),
    });
  }

  write<Name extends WriteName>(name: Name, args: WriteArguments<Name>, origin?: string): Promise<WriteResult<Name>> {
    // The operation of a name answers with a result of this name.
    const work = this.#write(name, args, origin) as Promise<WriteResult<Name>>;
    const settled: Promise<unknown> = work.then(
      () => this.#underWay.delete(settled),
      () => this.#underWay.delete(settled),
    );
    this.#underWay.add(settled);
    return work;
  }

  read<T>(operation: Operation<T>): Promise<T> {
    return this.#driver.read(operation);
  }

  onCommit(listener: (committed: Committed) => void): void {
    this.#listener = listener;
  }

  follow(accountId: AccountId): void {
    this.#feeds.follow(accountId);
  }

  unfollow(accountId: AccountId): void {
    this.#feeds.unfollow(accountId);
  }

  following(accountId: AccountId): Promise<void> | undefined {
    return this.#feeds.following(accountId);
  }

  takeLease(name: string, forMs: number): Promise<boolean> {
    return this.#driver.write(() => takeLease(name, this.#process, forMs));
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    await this.#announcer.finish();
    await this.#feeds.close();
    await Promise.all([this.#driver.close(), this.#announcing.close()]);
  }

  async #write(name: WriteName, args: unknown, origin: string | undefined): Promise<unknown> {
    const prepared = await this.#prepare(name, args);
    const operation = () => this.#operation(name, prepared, origin);
    const long = name === 'repairCounts' || name === 'resetSearch';
    try {
      const { written, changes } = await (long
        ? this.#driver.exclusively(exclusiveKey, operation)
        : this.#turns.use(accountsOf(prepared), () => this.#driver.write(operation)));
      await this.#announce(changes, written.directoryVersion);
      return written.result;
    } catch (error) {
      const answer = answerOfUndone(error);
      if (answer !== undefined) return answer.result;
      if (error instanceof CommitUnknown) this.#feeds.check();
      throw error;
    }
  }

  async #prepare(name: WriteName, args: unknown): Promise<unknown> {
    const messages = spooledMessages(name, args);
    if (messages === undefined) return args;
    const prepared = prepareInMemory(messages) ?? (await prepareSpooled(messages, this.#blobs));
    return Object.assign({}, args, { messages: prepared });
  }

  /** Locks, then writes, then keeps what was done for those who will not hear of it. */
  *#operation(name: WriteName, args: unknown, origin: string | undefined): Operation<LoggedWrite> {
    yield* lockAccounts(name, args);
    const context = { dialect: postgresDialect, nowMs: Date.now(), numbers: undefined };
    const written = yield* startOperation(name, context, args);
    const changes = splitByModseq(written.deltas, origin).map((change) => ({ change, record: printChange(change) }));
    for (const { change, record } of changes) {
      yield* logChange(change.accountId, { modseq: change.modseq, process: this.#process, record });
    }
    return { written, changes };
  }

  /** Others hear of it sooner or later; resolves when this process has. */
  async #announce(changes: LoggedWrite['changes'], directoryVersion: number | undefined): Promise<void> {
    for (const { change, record } of changes) this.#announcer.change(change.accountId, change.modseq, record);
    if (directoryVersion !== undefined) this.#announcer.directory(directoryVersion);
    const delivered = changes.map(({ change }) => this.#feeds.own(change)).filter((each) => each !== undefined);
    if (delivered.length > 0) await Promise.all(delivered);
    if (directoryVersion !== undefined) this.#feeds.directory(directoryVersion);
  }

  #tell(committed: Committed): void {
    try {
      this.#listener(committed);
    } catch (error) {
      this.#log.error('a change could not be told', {}, error);
    }
  }
}
