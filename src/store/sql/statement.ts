/**
 * Store operations are generators over SQL statements: they yield a statement and get its rows back. So one operation
 * runs on both engines: synchronously on SQLite, with awaits on PostgreSQL; and it cannot do anything else in between.
 *
 * SQL is written once, in the subset that both speak: `?` placeholders, `RETURNING`, `ON CONFLICT`, and no functions
 * that only one has. Where they differ, the operation asks `dialect`.
 */
export type SqlValue = string | number | null | Uint8Array;
export type SqlRow = readonly SqlValue[];

export interface Statement {
  readonly sql: string;
  readonly values: readonly SqlValue[];
  /** False: only the effect counts and no rows are read back (faster). */
  readonly rows: boolean;
}

/** A function over one transaction. Rows come as arrays, in the order of the selected columns. */
export type Operation<T> = Generator<Statement, T, readonly SqlRow[]>;

/** All rows of a query. */
export function* query(sql: string, ...values: SqlValue[]): Operation<readonly SqlRow[]> {
  return yield { sql, values, rows: true };
}

/** The first row of a query, if there is one. */
export function* first(sql: string, ...values: SqlValue[]): Operation<SqlRow | undefined> {
  const rows = yield { sql, values, rows: true };
  return rows[0];
}

/** A statement for its effect. */
export function* execute(sql: string, ...values: SqlValue[]): Operation<void> {
  yield { sql, values, rows: false };
}
