import type { Written } from '../delta.ts';
import type { LoginAttemptRow } from '../login-attempt.ts';
import { execute, type Operation } from '../sql/statement.ts';
import type { OperationContext } from './operation-context.ts';

const insert = `INSERT INTO login_attempt
  (key, account, login, remote, local, tls, proof, protocol, client, mechanism, result, day, count, first_at, last_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (key) DO UPDATE SET count = login_attempt.count + excluded.count,
    last_at = CASE WHEN excluded.last_at > login_attempt.last_at THEN excluded.last_at ELSE login_attempt.last_at END`;

/** Adds to rows of the same key. In the order of keys, so that two processes never wait for each other in a circle. */
export function* addLoginAttempts(
  _context: OperationContext,
  { rows }: { readonly rows: readonly LoginAttemptRow[] },
): Operation<Written<undefined>> {
  for (const row of rows.toSorted((a, b) => (a.key < b.key ? -1 : 1))) {
    yield* execute(
      insert,
      ...[row.key, row.account, row.login, row.remoteAddress, row.localAddress, row.tls, row.proof, row.protocol],
      ...[row.client, row.mechanism, row.result, row.day, row.count, row.firstAtMs, row.lastAtMs],
    );
  }
  return { result: undefined, deltas: [] };
}
