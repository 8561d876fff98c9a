import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import type { Operation, SqlRow, Statement } from '../sql/statement.ts';
import { explainSqliteFailure } from '../data-unusable.ts';
import { StorageFull } from '../store.ts';

const noRows: readonly SqlRow[] = [];
/** SQLite's primary result codes for "no room": SQLITE_FULL, and the write errors a full disk gives. */
const fullCodes = new Set([13, 778, 1034]);

/** One connection to the database file, with its prepared statements. All calls are synchronous. */
export class SqliteConnection {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  readonly #path: string;

  /** @throws DataUnusable */
  constructor(path: string, options: { readonly readOnly: boolean; readonly cacheKiB: number }) {
    this.#path = path;
    try {
      this.#database = new DatabaseSync(path, { readOnly: options.readOnly, timeout: 10_000 });
      this.#database.exec(`PRAGMA cache_size = -${options.cacheKiB}`);
      this.#database.exec('PRAGMA temp_store = MEMORY');
    } catch (error) {
      throw explainSqliteFailure(error, path);
    }
  }

  /** Runs a statement without values, such as BEGIN. */
  exec(sql: string): void {
    try {
      this.#prepare(sql).run();
    } catch (error) {
      throw this.#translate(error);
    }
  }

  /** The single value a PRAGMA answers with, as text. */
  pragma(sql: string): string {
    const row = this.#database.prepare(`PRAGMA ${sql}`).get();
    return row === undefined ? '' : String(Object.values(row)[0]);
  }

  /** All values of the first row a PRAGMA answers with. */
  pragmaRow(sql: string): readonly SQLOutputValue[] {
    const row = this.#database.prepare(`PRAGMA ${sql}`).get();
    return row === undefined ? [] : Object.values(row);
  }

  /** Runs an operation to its end; the caller has opened a transaction, or wants none. */
  run<T>(operation: Operation<T>): T {
    let step = operation.next(noRows);
    while (step.done !== true) {
      let rows: readonly SqlRow[];
      try {
        rows = this.#perform(step.value);
      } catch (error) {
        step = operation.throw(this.#translate(error));
        continue;
      }
      step = operation.next(rows);
    }
    return step.value;
  }

  /** Runs an operation that only reads, on one snapshot. */
  read<T>(operation: Operation<T>): T {
    this.exec('BEGIN');
    try {
      return this.run(operation);
    } finally {
      this.exec('COMMIT');
    }
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #perform({ sql, values, rows }: Statement): readonly SqlRow[] {
    const statement = this.#prepare(sql);
    if (!rows) {
      statement.run(...values);
      return noRows;
    }
    // `setReturnArrays` makes rows arrays; the types of node:sqlite only know rows as objects. No column is a bigint.
    return statement.all(...values) as unknown as readonly SqlRow[];
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    statement.setReturnArrays(true);
    if (this.#statements.size >= 300) this.#statements.clear();
    this.#statements.set(sql, statement);
    return statement;
  }

  #translate(error: unknown): unknown {
    if (!(error instanceof Error) || !('errcode' in error)) return error;
    const code = Number(error.errcode);
    if (fullCodes.has(code) || fullCodes.has(code & 0xff)) {
      return new StorageFull('the disk of the data directory is full', { cause: error });
    }
    return explainSqliteFailure(error, this.#path);
  }
}
