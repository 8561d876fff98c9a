import { query, type Operation } from '../sql/statement.ts';
import { nowMs } from './change-log.ts';

/** True: nobody else has it, and now this process has it for so long. 0 milliseconds give it back. */
export function* takeLease(name: string, process: string, forMs: number): Operation<boolean> {
  const rows = yield* query(
    `INSERT INTO lease (name, process, ends_at) VALUES (?, ?, ${nowMs} + ?) ON CONFLICT (name) DO UPDATE ` +
      'SET process = excluded.process, ends_at = excluded.ends_at ' +
      `WHERE lease.process = excluded.process OR lease.ends_at <= ${nowMs} RETURNING name`,
    ...[name, process, forMs],
  );
  return rows.length > 0;
}
