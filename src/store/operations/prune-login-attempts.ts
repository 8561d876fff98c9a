import type { Written } from '../delta.ts';
import { execute, first, query, type Operation } from '../sql/statement.ts';
import type { OperationContext } from './operation-context.ts';

/** Removes what is too old, and the oldest of what is too much. */
export function* pruneLoginAttempts(
  _context: OperationContext,
  request: { readonly beforeMs: number; readonly keepPerAccount: number },
): Operation<Written<undefined>> {
  const { beforeMs, keepPerAccount } = request;
  yield* execute('DELETE FROM login_attempt WHERE last_at < ?', beforeMs);
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
        `DELETE FROM login_attempt WHERE account = ? AND ${which} AND last_at < ?`,
        ...[name, Number(oldestKept?.[0] ?? 0)],
      );
    }
  }
  return { result: undefined, deltas: [] };
}
