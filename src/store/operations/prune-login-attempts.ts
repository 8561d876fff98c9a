import type { Written } from '../delta.ts';
import type { PruneLoginAttempts } from '../login-attempt.ts';
import { execute, first, query, type Operation } from '../sql/statement.ts';
import type { OperationContext } from './operation-context.ts';

/** A key or an app password was used again since, or the row is not about one. */
const isNoLastUse = `(result <> 'ok' OR proof = '' OR EXISTS (
  SELECT 1 FROM login_attempt AS later WHERE later.account = login_attempt.account AND later.last_at > login_attempt.last_at
    AND later.proof = login_attempt.proof AND later.result = 'ok'))`;

/** Removes what is too old, and the oldest of what is too much; the last use of each key and app password stays longer. */
export function* pruneLoginAttempts(
  _context: OperationContext,
  { beforeMs, lastUseBeforeMs, keepPerAccount }: PruneLoginAttempts,
): Operation<Written<undefined>> {
  yield* execute(
    `DELETE FROM login_attempt WHERE last_at < ? OR (last_at < ? AND ${isNoLastUse})`,
    ...[lastUseBeforeMs, beforeMs],
  );
  for (const which of [`result = 'ok'`, `result <> 'ok'`]) {
    const full = yield* query(
      `SELECT account FROM login_attempt WHERE ${which} GROUP BY account HAVING count(*) > ? ORDER BY account`,
      keepPerAccount,
    );
    for (const [account] of full) {
      const name = String(account);
      const oldestKept = yield* first(
        `SELECT last_at FROM login_attempt WHERE account = ? AND ${which} ORDER BY last_at DESC LIMIT 1 OFFSET ?`,
        ...[name, keepPerAccount - 1],
      );
      yield* execute(
        `DELETE FROM login_attempt WHERE account = ? AND ${which} AND last_at < ? AND ${isNoLastUse}`,
        ...[name, Number(oldestKept?.[0] ?? 0)],
      );
    }
  }
  return { result: undefined, deltas: [] };
}
