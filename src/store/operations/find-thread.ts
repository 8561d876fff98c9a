import type { AccountId, ModSeq } from '../ids.ts';
import type { PreparedMessage } from '../prepare-message.ts';
import { execute, query, type Operation, type SqlRow } from '../sql/statement.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** A reply without references joins a thread of the same subject that was active this long before, or a day after. */
const subjectWindow = { beforeMs: 28 * dayMs, afterMs: dayMs };
/** Stands for the subject itself among the references that lead to its threads. */
const subjectItself = 0;

/**
 * The thread of a new message, and the rows by which later ones find it. Any shared Message-ID leads to a thread if the
 * base subject is the same; a reply without references may join by base subject alone (RFC 5256 section 2.1).
 * `fresh` is used when there is none.
 */
export function* findThread(
  accountId: AccountId,
  message: PreparedMessage,
  receivedAtMs: number,
  fresh: ModSeq,
): Operation<number> {
  const { ownRef, refs, subjectHash } = message;
  const known = [...refs, ownRef].filter((ref) => ref !== subjectItself);
  const rows = yield* readKeys(accountId, subjectHash, [subjectItself, ...known]);
  const found = new Map(rows.map(([ref, threadId]) => [Number(ref), Number(threadId)]));
  const ofSubject = rows.find(([ref]) => Number(ref) === subjectItself);
  found.delete(subjectItself);
  let thread = found.size === 0 ? undefined : Math.min(...found.values());
  if (thread === undefined && refs.length === 0 && message.isReply && isRecent(ofSubject, receivedAtMs)) {
    thread = Number(ofSubject?.[1]);
  }
  const threadId = thread ?? fresh;
  const missing = known.filter((ref) => !found.has(ref));
  const values = missing.flatMap((ref) => [accountId, subjectHash, ref, threadId, 0]);
  yield* execute(
    `INSERT INTO thread_key (account_id, subject, ref, thread_id, last_at) VALUES ${'(?, ?, ?, ?, ?), '.repeat(missing.length)}` +
      '(?, ?, ?, ?, ?) ON CONFLICT (account_id, subject, ref) DO UPDATE SET thread_id = excluded.thread_id, last_at = excluded.last_at',
    ...[...values, accountId, subjectHash, subjectItself, threadId, receivedAtMs],
  );
  return threadId;
}

/** Rows of these references under a base subject, which are neighbours: reference, thread, when last used. */
function readKeys(accountId: AccountId, subject: number, refs: readonly number[]): Operation<readonly SqlRow[]> {
  const marks = refs.map(() => '?').join(', ');
  return query(
    `SELECT ref, thread_id, last_at FROM thread_key WHERE account_id = ? AND subject = ? AND ref IN (${marks})`,
    ...[accountId, subject, ...refs],
  );
}

function isRecent(row: SqlRow | undefined, receivedAtMs: number): boolean {
  if (row === undefined) return false;
  const lastAtMs = Number(row[2]);
  return lastAtMs >= receivedAtMs - subjectWindow.beforeMs && lastAtMs <= receivedAtMs + subjectWindow.afterMs;
}
