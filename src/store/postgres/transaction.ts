import type { PoolClient, QueryArrayConfig, QueryArrayResult } from 'pg';
import type { Operation, SqlRow, SqlValue, Statement } from '../sql/statement.ts';
import { classify, CommitUnknown, translate } from './postgres-errors.ts';
import type { Trouble } from './postgres-errors.ts';
import { toParameter } from './sql-values.ts';
import type { StatementCache } from './statement-cache.ts';

const noRows: readonly SqlRow[] = [];
/** Statements under way whose rows nobody waits for. */
const maxUnderWay = 64;

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
  #underWay: Promise<unknown>[] = [];
  #failure: { readonly error: unknown } | undefined;

  constructor(client: PoolClient, statements: StatementCache, begin: string) {
    this.#client = client;
    this.#statements = statements;
    this.#follow(client.query(begin));
  }

  /** Runs the operation to its end. @throws what the operation throws, or Failed */
  async run<T>(operation: Operation<T>): Promise<T> {
    let step = operation.next(noRows);
    while (step.done !== true) {
      let rows: readonly SqlRow[];
      try {
        rows = await this.#perform(step.value);
      } catch (error) {
        this.#failure ??= { error };
        // The operation may clean up, but there is no way on: the transaction is lost.
        step = operation.throw(this.#asFailed());
        continue;
      }
      step = operation.next(rows);
    }
    return step.value;
  }

  /** @throws Failed with a cause of CommitUnknown when the answer was lost */
  async commit(): Promise<void> {
    const commit = this.#client.query('COMMIT').then(
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

  /** Ends it without a trace. True: the connection can be used again. */
  async rollBack(): Promise<boolean> {
    try {
      await this.#client.query('ROLLBACK');
      return this.#failure === undefined || classify(this.#failure.error) !== 'lost';
    } catch {
      return false;
    }
  }

  /** What failed in here first; undefined when it was the operation itself. */
  failed(): Failed | undefined {
    return this.#failure === undefined ? undefined : this.#asFailed();
  }

  async #perform({ sql, values, rows }: Statement): Promise<readonly SqlRow[]> {
    const { text, name } = this.#statements.get(sql);
    const query: QueryArrayConfig<SqlValue[]> = {
      text,
      values: values.map(toParameter),
      rowMode: 'array',
      ...(name === undefined ? {} : { name }),
    };
    const answer: Promise<QueryArrayResult<SqlValue[]>> = this.#client.query(query);
    if (rows) return (await answer).rows;
    this.#follow(answer);
    if (this.#underWay.length >= maxUnderWay) await this.#settle();
    if (this.#failure !== undefined) throw this.#failure.error;
    return noRows;
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
