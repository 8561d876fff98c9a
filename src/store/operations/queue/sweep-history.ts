import type { Written } from '../../delta.ts';
import { execute, query, type Operation } from '../../sql/statement.ts';
import type { OperationContext } from '../operation-context.ts';
import { forgetReturnPaths } from './forget-return-paths.ts';

export interface SweepHistory {
  readonly endedBeforeMs: number;
  readonly failedBeforeMs: number;
  readonly limit: number;
}

/** Removes the oldest of what ended before a moment, and failures that count no more, at most so many, so that no delivery waits long. How many went. */
export function* sweepHistory(_context: OperationContext, request: SweepHistory): Operation<Written<number>> {
  const gone = yield* query(
    'DELETE FROM retired_entry WHERE id IN ' +
      '(SELECT id FROM retired_entry WHERE ended_at < ? ORDER BY ended_at, id LIMIT ?) RETURNING id, return_path',
    ...[request.endedBeforeMs, request.limit],
  );
  yield* forgetReturnPaths(gone.map(([id, path]) => [Number(id), String(path)]));
  yield* execute(
    'DELETE FROM recipient_failure WHERE (account_id, address) IN ' +
      '(SELECT account_id, address FROM recipient_failure WHERE last_at < ? ORDER BY last_at LIMIT ?)',
    ...[request.failedBeforeMs, request.limit],
  );
  return { result: gone.length, deltas: [] };
}
