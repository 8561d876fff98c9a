import type { AccountId, ModSeq } from '../ids.ts';
import { execute, query, type Operation } from '../sql/statement.ts';

/** By the database's clock, which all processes share. */
export const nowMs = 'CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)';

/** A process that was away from the database for longer cannot catch up. */
const keptMs = 30 * 60_000;
/** Changes read in one go while catching up. */
export const recordsPerRead = 500;

export interface LoggedChange {
  readonly modseq: ModSeq;
  /** The process that wrote it. */
  readonly process: string;
  readonly record: string;
}

/** Keeps what the transaction did to an account for processes that do not hear of it. */
export function logChange(accountId: AccountId, { modseq, process, record }: LoggedChange): Operation<void> {
  return execute(
    `INSERT INTO change_log (account_id, modseq, process, record, logged_at) VALUES (?, ?, ?, ?, ${nowMs}) ` +
      // Only an account whose counter was damaged, and repaired, gives a modseq twice.
      'ON CONFLICT (account_id, modseq) DO UPDATE SET process = excluded.process, record = excluded.record',
    ...[accountId, modseq, process, record],
  );
}

/** What happened in an account after a modseq, in order; at most `recordsPerRead`. */
export function* readChanges(accountId: AccountId, after: number): Operation<readonly LoggedChange[]> {
  const rows = yield* query(
    'SELECT modseq, process, record FROM change_log WHERE account_id = ? AND modseq > ? ORDER BY modseq LIMIT ?',
    ...[accountId, after, recordsPerRead],
  );
  return rows.map(([modseq, process, record]) => ({
    modseq: Number(modseq) as ModSeq,
    process: String(process),
    record: String(record),
  }));
}

/** The account's modseq; undefined: there is no such account (any more). */
export function* readModseq(accountId: AccountId): Operation<number | undefined> {
  const [row] = yield* query('SELECT modseq FROM account WHERE id = ?', accountId);
  return row === undefined ? undefined : Number(row[0]);
}

/** Where accounts and the directory are. */
export interface Positions {
  readonly modseqs: ReadonlyMap<AccountId, number>;
  readonly directoryVersion: number;
}

const accountsPerRead = 500;

export function* readPositions(accountIds: readonly AccountId[]): Operation<Positions> {
  const [version] = yield* query("SELECT value FROM counter WHERE name = 'directory'");
  const modseqs = new Map<AccountId, number>();
  for (let start = 0; start < accountIds.length; start += accountsPerRead) {
    const some = accountIds.slice(start, start + accountsPerRead);
    const marks = some.map(() => '?').join(', ');
    for (const [id, modseq] of yield* query(`SELECT id, modseq FROM account WHERE id IN (${marks})`, ...some)) {
      modseqs.set(Number(id) as AccountId, Number(modseq));
    }
  }
  return { modseqs, directoryVersion: Number(version?.[0] ?? 0) };
}

/** Forgets what every process has heard of by now. */
export function pruneChanges(): Operation<void> {
  return execute(`DELETE FROM change_log WHERE logged_at < ${nowMs} - ?`, keptMs);
}
