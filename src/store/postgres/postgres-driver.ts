import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'pg';
import type { ClientBase, PoolClient, PoolConfig } from 'pg';
import type { Log } from '../../base/log.ts';
import { silentLog } from '../../base/log.ts';
import { Slots } from '../slots.ts';
import { query } from '../sql/statement.ts';
import type { Operation, Statement } from '../sql/statement.ts';
import { DatabaseUnavailable } from '../store.ts';
import { classify } from './postgres-errors.ts';
import { PostgresListener } from './postgres-listener.ts';
import type { ListenHandler } from './postgres-listener.ts';
import { parserFor } from './sql-values.ts';
import { StatementCache } from './statement-cache.ts';
import { Failed, Transaction } from './transaction.ts';

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database?sslmode=…` */
  readonly url: string;
  /** Connections at a time, beside the one that listens. Default 16. */
  readonly maxConnections?: number;
  /** The server gives up a statement after this time. Default 30 seconds. */
  readonly statementTimeoutMs?: number;
  /** Default 10 seconds. */
  readonly connectTimeoutMs?: number;
  /** Tries in all, after conflicts and lost connections. Default 6. */
  readonly attempts?: number;
  readonly log?: Log;
}

export interface WriteOptions {
  /** What the transaction sees. By default each statement sees what was committed before it: lock rows first. */
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable';
}

const readOnly = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';
const conflictBackoffMs = 10;
const lostBackoffMs = 100;
const maxBackoffMs = 2000;
const oldestVersion = 14;
/** How much later than the server we give up on an answer. */
const graceMs = 10_000;

/** Runs operations on PostgreSQL, each in a transaction of its own. */
export class PostgresDriver {
  readonly #pool: Pool;
  readonly #slots: Slots;
  readonly #statements = new StatementCache();
  readonly #attempts: number;
  readonly #answerWithinMs: number;
  readonly #log: Log;
  readonly #listener: PostgresListener;
  readonly #underWay = new Set<Promise<unknown>>();
  #closed: Promise<void> | undefined;

  /** Connects once, to see that the database can be used. @throws DatabaseUnavailable, or Error that says what is wrong */
  static async open(options: PostgresOptions): Promise<PostgresDriver> {
    const driver = new PostgresDriver(options);
    try {
      await driver.#check();
      return driver;
    } catch (error) {
      await driver.close();
      throw error;
    }
  }

  private constructor(options: PostgresOptions) {
    const url = URL.canParse(options.url) ? new URL(options.url) : undefined;
    if (url?.protocol !== 'postgres:' && url?.protocol !== 'postgresql:') {
      throw new Error('the database is not of the form postgres://USER:PASSWORD@HOST:PORT/DATABASE');
    }
    const config = poolConfig(options);
    this.#log = options.log ?? silentLog;
    this.#attempts = options.attempts ?? 6;
    this.#answerWithinMs = config.statement_timeout + graceMs;
    this.#slots = new Slots(config.max);
    this.#pool = new Pool(config);
    // Of connections that nobody uses at that moment; the pool has removed it already.
    this.#pool.on('error', (error) => this.#log.warn('a connection to the database broke', { reason: error.message }));
    this.#listener = new PostgresListener({ ...config, pipeline: false }, this.#log);
  }

  /**
   * Runs an operation and commits it durably. It may run several times, so it gets made anew for each try, and must have
   * no effect but its statements.
   * @throws StorageFull, DatabaseUnavailable (nothing was changed), CommitUnknown, or what the operation throws (rolled back)
   */
  write<T>(operation: () => Operation<T>, options: WriteOptions = {}): Promise<T> {
    const begin = `BEGIN ISOLATION LEVEL ${options.isolation ?? 'read committed'}`;
    return this.#track(() => this.#retrying(begin, operation, this.#answerWithinMs));
  }

  /** Runs an operation on one snapshot of what is committed. @throws DatabaseUnavailable, or what the operation throws */
  read<T>(operation: Operation<T>): Promise<T> {
    return this.#track(() => this.#read(operation));
  }

  /**
   * Like `write`, but only one at a time among all processes that use the same key, and without a time limit: for
   * migrations.
   * @param key any whole number; it belongs to the database as a whole, so other programs must not use it
   */
  exclusively<T>(key: number, operation: () => Operation<T>): Promise<T> {
    if (!Number.isSafeInteger(key)) throw new Error('the key of a lock is a whole number');
    const begin = `BEGIN; SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(${key})`;
    return this.#track(() => this.#retrying(begin, operation));
  }

  /** Calls `handler` for each notification of a channel, and when some may have been missed. Resolves once it is heard. */
  listen(channel: string, handler: ListenHandler): Promise<() => Promise<void>> {
    return this.#listener.listen(channel, handler);
  }

  /** Waits for what is under way, then closes all connections. What is asked for later is refused. */
  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    await this.#listener.close();
    await Promise.allSettled(this.#underWay);
    await this.#pool.end();
  }

  #track<T>(start: () => Promise<T>): Promise<T> {
    if (this.#closed !== undefined) return Promise.reject(new DatabaseUnavailable('the database was closed'));
    const work = start();
    const settled: Promise<unknown> = work.then(
      () => this.#underWay.delete(settled),
      () => this.#underWay.delete(settled),
    );
    this.#underWay.add(settled);
    return work;
  }

  async #retrying<T>(begin: string, operation: () => Operation<T>, answerWithinMs?: number): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#slots.use(() => this.#writeOnce(begin, operation(), answerWithinMs));
      } catch (error) {
        if (!(error instanceof Failed)) throw error;
        await this.#rest(error, attempt);
      }
    }
  }

  async #writeOnce<T>(begin: string, operation: Operation<T>, answerWithinMs: number | undefined): Promise<T> {
    const client = await this.#connect();
    const transaction = new Transaction(client, this.#statements, begin, answerWithinMs);
    try {
      const value = await transaction.run(operation);
      await transaction.commit();
      client.release();
      return value;
    } catch (error) {
      client.release(!(await transaction.rollBack()));
      throw error instanceof Failed ? error : (transaction.failed() ?? error);
    }
  }

  /**
   * An operation cannot be started again, but as long as it has seen nothing, its first statement can be sent on another
   * connection: this one may have died unnoticed while nobody used it.
   */
  async #read<T>(operation: Operation<T>): Promise<T> {
    const step = operation.next([]);
    if (step.done === true) return step.value;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#slots.use(() => this.#readOnce(operation, step.value));
      } catch (error) {
        if (!(error instanceof Failed)) throw error;
        await this.#rest(error, attempt);
      }
    }
  }

  async #readOnce<T>(operation: Operation<T>, statement: Statement): Promise<T> {
    const client = await this.#connect();
    const transaction = new Transaction(client, this.#statements, readOnly, this.#answerWithinMs);
    let started = false;
    try {
      const rows = await transaction.perform(statement);
      started = true;
      const value = await transaction.run(operation, operation.next(rows));
      await transaction.settle();
      return value;
    } catch (error) {
      const failed = transaction.failed();
      if (failed === undefined) throw error;
      throw started ? final(failed) : failed;
    } finally {
      // The answer is known, so nobody waits for this.
      void transaction.rollBack().then((usable) => client.release(!usable));
    }
  }

  /** The wait before the next try. @throws what the caller is told, when there is none */
  async #rest(failed: Failed, attempt: number): Promise<void> {
    if (failed.trouble === 'other' || attempt >= this.#attempts || this.#closed !== undefined) throw final(failed);
    const firstMs = failed.trouble === 'conflict' ? conflictBackoffMs : lostBackoffMs;
    await sleep(Math.min(firstMs * 2 ** (attempt - 1), maxBackoffMs) * (0.5 + Math.random()));
  }

  async #connect(): Promise<PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw new Failed(classify(error), error);
    }
  }

  async #check(): Promise<void> {
    const rows = await this.#read(
      query(
        "SELECT current_setting('server_version_num')::int, current_setting('server_encoding'), current_setting('fsync')",
      ),
    );
    const [version, encoding, fsync] = rows[0] ?? [];
    if (Number(version) < oldestVersion * 10_000) throw new Error(`PostgreSQL ${oldestVersion} or later is needed`);
    if (encoding !== 'UTF8') throw new Error(`the encoding of the database must be UTF8, not ${String(encoding)}`);
    if (fsync !== 'on') this.#log.warn('fsync is off in PostgreSQL: mail is lost when its machine stops');
  }
}

function poolConfig(options: PostgresOptions) {
  const statementTimeoutMs = options.statementTimeoutMs ?? 30_000;
  return {
    connectionString: options.url,
    application_name: 'posthorn',
    max: options.maxConnections ?? 16,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: statementTimeoutMs,
    // An operation computes nothing long between two statements.
    idle_in_transaction_session_timeout: statementTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
    pipeline: true,
    types: { getTypeParser: parserFor },
    onConnect: beDurable,
  } satisfies PoolConfig;
}

/** Whoever set up the database may have traded durability for speed; a mail server may not. */
async function beDurable(client: ClientBase): Promise<void> {
  client.on('error', () => undefined); // Told to whoever uses the connection, or by the pool.
  await client.query(
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
  );
}

/** What the caller of the driver is told in the end. */
function final(failed: Failed | undefined): unknown {
  if (failed?.trouble !== 'lost') return failed?.cause;
  const reason = failed.cause instanceof Error ? failed.cause.message : String(failed.cause);
  return new DatabaseUnavailable(`the database cannot be used: ${reason}`, { cause: failed.cause });
}
