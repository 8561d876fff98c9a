import type { LoginAttemptRow, LoginAttemptSelection } from './login-attempt.ts';
import { query, type Operation } from './sql/statement.ts';

const columns =
  'key, account, login, remote, local, tls, proof, protocol, client, mechanism, result, day, count, first_at, last_at';

const lastUseRows = `(SELECT ${columns}, row_number() OVER (PARTITION BY account, proof ORDER BY last_at DESC, key) AS place
  FROM login_attempt WHERE result = 'ok' AND proof <> '') AS used`;

/** The latest first. */
export function* readLoginAttempts(selection: LoginAttemptSelection): Operation<readonly LoginAttemptRow[]> {
  const { account, sinceMs, limit, lastUses = false } = selection;
  const rows = yield* query(
    `SELECT ${columns} FROM ${lastUses ? lastUseRows : 'login_attempt'}
      WHERE ${lastUses ? 'place = 1 AND ' : ''}${account === undefined ? '' : 'account = ? AND '}last_at >= ? ORDER BY last_at DESC, key LIMIT ?`,
    ...(account === undefined ? [sinceMs, limit] : [account, sinceMs, limit]),
  );
  return rows.map((row) => {
    const text = (at: number): string => String(row[at]);
    return {
      ...{ key: text(0), account: text(1), login: text(2), remoteAddress: text(3), localAddress: text(4) },
      ...{ tls: text(5), proof: text(6), protocol: text(7), client: text(8), mechanism: text(9), result: text(10) },
      ...{ day: Number(row[11]), count: Number(row[12]), firstAtMs: Number(row[13]), lastAtMs: Number(row[14]) },
    };
  });
}
