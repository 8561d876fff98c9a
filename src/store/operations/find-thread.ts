import type { AccountId, ModSeq } from '../ids.ts';
import type { PreparedMessage } from '../prepare-message.ts';
import { execute, first, query, type Operation } from '../sql/statement.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** A reply without references joins a thread of the same subject that was active this long before, or a day after. */
const subjectWindow = { beforeMs: 28 * dayMs, afterMs: dayMs };

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
  const known = ownRef === 0 ? refs : [...refs, ownRef];
  let thread = yield* threadOfRefs(accountId, known, subjectHash);
  if (thread === undefined && refs.length === 0 && message.isReply) {
    const row = yield* first(
      'SELECT thread_id FROM thread_subject WHERE account_id = ? AND subject = ? AND last_at BETWEEN ? AND ?',
      accountId,
      subjectHash,
      receivedAtMs - subjectWindow.beforeMs,
      receivedAtMs + subjectWindow.afterMs,
    );
    if (row !== undefined) thread = Number(row[0]);
  }
  const threadId = thread ?? fresh;
  for (const ref of known) {
    yield* execute(
      'INSERT INTO thread_ref (account_id, ref, thread_id, subject) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
      accountId,
      ref,
      threadId,
      subjectHash,
    );
  }
  yield* execute(
    'INSERT INTO thread_subject (account_id, subject, thread_id, last_at) VALUES (?, ?, ?, ?) ' +
      'ON CONFLICT (account_id, subject) DO UPDATE SET thread_id = excluded.thread_id, last_at = excluded.last_at',
    accountId,
    subjectHash,
    threadId,
    receivedAtMs,
  );
  return threadId;
}

function* threadOfRefs(accountId: AccountId, refs: readonly number[], subject: number): Operation<number | undefined> {
  if (refs.length === 0) return undefined;
  const marks = refs.map(() => '?').join(', ');
  const rows = yield* query(
    `SELECT thread_id FROM thread_ref WHERE account_id = ? AND ref IN (${marks}) AND subject = ? ORDER BY thread_id LIMIT 1`,
    accountId,
    ...refs,
    subject,
  );
  const row = rows[0];
  return row === undefined ? undefined : Number(row[0]);
}
