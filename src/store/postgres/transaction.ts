import type { PoolClient, QueryArrayConfig, QueryArrayResult } from 'pg';
import type { Operation, SqlRow, SqlValue, Statement } from '../sql/statement.ts';
import { CommitUnknown } from '../store.ts';
import { classify, translate } from './postgres-errors.ts';
import type { Trouble } from './postgres-errors.ts';
import { toParameter } from './sql-values.ts';
import type { StatementCache } from './statement-cache.ts';

const noRows: readonly SqlRow[] = [];
/** Statements under way whose rows nobody waits for. */
const maxUnderWay = 64;

/** pg takes a limit for each query, which its types do not know: the connection is given up when it is passed. */
interface TimedQuery extends QueryArrayConfig<SqlValue[]> {
  readonly query_timeout?: number;
}

/** What went wrong in a transaction, after it was given up. */
export class Failed extends Error {
  override readonly name = 'Failed';
  readonly trouble: Trouble;

  constructor(trouble: Trouble, cause: unknown) {
    super('transaction failed', { cause });
    this.trouble = trouble;
  }
}

/**
 * One transaction on one connection. Statements for their effect are sent without waiting for their answers; so is
 * BEGIN. Whatever fails first counts: what was sent after it is refused by the server, COMMIT too.
 */
export class Transaction {
  readonly #client: PoolClient;
  readonly #statements: StatementCache;
  readonly #limit: { readonly query_timeout?: number };
  #gathering = false;
  #underWay: Promise<unknown>[] = [];
  #failure: { readonly error: unknown } | undefined;

  /** @param answerWithinMs undefined: no limit */
  constructor(client: PoolClient, statements: StatementCache, begin: string, answerWithinMs: number | undefined) {
    this.#client = client;
    this.#statements = statements;
    this.#limit = answerWithinMs === undefined ? {} : { query_timeout: answerWithinMs };
    this.#follow(this.#send(begin));
  }

  /** Runs an operation from a step on to its end. @throws what the operation throws; then look at `failed` */
  async run<T>(operation: Operation<T>, from = operation.next(noRows)): Promise<T> {
    let step = from;
    while (step.done !== true) {
      let rows: readonly SqlRow[];
      try {
        rows = await this.perform(step.value);
      } catch (error) {
        // The operation may clean up, but there is no way on: the transaction is lost.
        step = operation.throw(translate(error));
        continue;
      }
      step = operation.next(rows);
    }
    return step.value;
  }

  /** @throws Failed; its cause is CommitUnknown when the answer was lost */
  async commit(): Promise<void> {
    if (this.#failure !== undefined) throw this.#asFailed();
    const commit = this.#send('COMMIT').then(
      ({ command }) => ({ committed: command === 'COMMIT', error: undefined }),
      (error: unknown) => ({ committed: false, error }),
    );
    await this.#settle();
    const { committed, error } = await commit;
    if (committed) return;
    if (error !== undefined && classify(error) === 'lost') {
      throw new Failed('other', new CommitUnknown('the connection to the database broke at COMMIT', { cause: error }));
    }
    this.#failure ??= { error: error ?? new Error('the transaction was rolled back') };
    throw this.#asFailed();
  }

  /** Waits for all answers that are still under way. @throws Failed when one of them was an error */
  async settle(): Promise<void> {
    await this.#settle();
    if (this.#failure !== undefined) throw this.#asFailed();
  }

  /** Ends it without a trace. True: the connection can be used again. */
  async rollBack(): Promise<boolean> {
    try {
      await this.#send('ROLLBACK');
      return this.#failure === undefined || classify(this.#failure.error) !== 'lost';
    } catch {
      return false;
    }
  }

  /** What failed in here first; undefined when it was the operation itself. */
  failed(): Failed | undefined {
    return this.#failure === undefined ? undefined : this.#asFailed();
  }

  /** One statement. @throws what pg throws; the transaction has failed then */
  async perform({ sql, values, rows }: Statement): Promise<readonly SqlRow[]> {
    try {
      const { text, name } = this.#statements.get(sql);
      const query: TimedQuery = {
        text,
        values: values.map(toParameter),
        rowMode: 'array',
        ...(name === undefined ? {} : { name }),
        ...this.#limit,
      };
      this.#gather();
      const answer: Promise<QueryArrayResult<SqlValue[]>> = this.#client.query(query);
      if (rows) return (await answer).rows;
      this.#follow(answer);
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    }
    if (this.#underWay.length >= maxUnderWay) await this.#settle();
    if (this.#failure !== undefined) throw this.#failure.error;
    return noRows;
  }

  /** What is sent until the operation has to wait goes out in one piece. */
  #gather(): void {
    if (this.#gathering) return;
    this.#gathering = true;
    const { stream } = this.#client.connection;
    stream.cork();
    process.nextTick(() => {
      this.#gathering = false;
      stream.uncork();
    });
  }

  #send(text: string): Promise<{ readonly command: string }> {
    const query: TimedQuery = { text, rowMode: 'array', ...this.#limit };
    this.#gather();
    return this.#client.query(query);
  }

  #follow(answer: Promise<unknown>): void {
    this.#underWay.push(
      answer.catch((error: unknown) => {
        this.#failure ??= { error };
      }),
    );
  }

  async #settle(): Promise<void> {
    const waiting = this.#underWay;
    this.#underWay = [];
    await Promise.all(waiting);
  }

  #asFailed(): Failed {
    const error = this.#failure?.error;
    return new Failed(classify(error), translate(error));
  }
}
