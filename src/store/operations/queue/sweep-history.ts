import type { Written } from '../../delta.ts';
import { query, type Operation } from '../../sql/statement.ts';
import type { OperationContext } from '../operation-context.ts';

/** Removes the oldest of what ended before a moment, at most so many, so that no delivery waits long. How many went. */
export function* sweepHistory(
  _context: OperationContext,
  request: { readonly endedBeforeMs: number; readonly limit: number },
): Operation<Written<number>> {
  const gone = yield* query(
    'DELETE FROM retired_entry WHERE id IN ' +
      '(SELECT id FROM retired_entry WHERE ended_at < ? ORDER BY ended_at, id LIMIT ?) RETURNING id',
    ...[request.endedBeforeMs, request.limit],
  );
  return { result: gone.length, deltas: [] };
}
