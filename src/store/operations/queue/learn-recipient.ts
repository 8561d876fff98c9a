import type { RecipientLesson } from '../../queue/recipient-lesson.ts';
import { execute, first, type Operation } from '../../sql/statement.ts';

/** Counts failures in a row at an address; the last of them suppresses it. */
export function* learnRecipient(lesson: RecipientLesson): Operation<void> {
  const { accountId, address } = lesson;
  if (lesson.kind === 'accepted') {
    yield* execute(
      'UPDATE recipient_failure SET accepted = accepted + 1 WHERE account_id = ? AND address = ?',
      ...[accountId, address],
    );
    return;
  }
  const { atMs, countedSinceMs, suppressAt } = lesson;
  // A bounce takes back one of the acceptances before it.
  const before = lesson.wasAccepted ? 1 : 0;
  const row = yield* first(
    'INSERT INTO recipient_failure (account_id, address, failures, accepted, last_at) VALUES (?, ?, 1, 0, ?) ' +
      'ON CONFLICT (account_id, address) DO UPDATE SET failures = CASE WHEN recipient_failure.last_at < ? OR ' +
      'recipient_failure.accepted > ? THEN 1 ELSE recipient_failure.failures + 1 END, accepted = 0, ' +
      'last_at = excluded.last_at RETURNING failures',
    ...[accountId, address, atMs, countedSinceMs, before],
  );
  const failures = Number(row?.[0] ?? 1);
  if (failures < suppressAt) return;
  yield* execute('DELETE FROM recipient_failure WHERE account_id = ? AND address = ?', accountId, address);
  const reason = suppressAt > 1 ? `${failures} failures in a row, the last: ${lesson.reason}` : lesson.reason;
  // What was set by hand, or lasts longer, stays.
  yield* execute(
    'INSERT INTO suppression (account_id, address, reason, created_at, expires_at) VALUES (?, ?, ?, ?, ?) ' +
      'ON CONFLICT (account_id, address) DO UPDATE SET reason = excluded.reason, created_at = excluded.created_at, ' +
      'expires_at = excluded.expires_at WHERE suppression.expires_at < excluded.expires_at',
    ...[accountId, address, reason, atMs, lesson.suppressedUntilMs],
  );
}
