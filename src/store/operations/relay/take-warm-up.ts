import type { Written } from '../../delta.ts';
import type { WarmUpTaken, WarmUpWant } from '../../relay/relay-store.ts';
import { execute, first, type Operation } from '../../sql/statement.ts';
import type { OperationContext } from '../operation-context.ts';

/** Days that are kept, to look at. */
const keptDays = 7;
/** The row of a day that counts all destinations. */
const all = '';

/** Counts one message more that leaves from an address, unless it passes a limit; then nothing changes. */
export function* takeWarmUp(_: OperationContext, want: WarmUpWant): Operation<Written<WarmUpTaken>> {
  const { ip, day, destination, limit, destinationLimit } = want;
  if (!(yield* takeOne({ ip, day, destination, limit: destinationLimit }))) {
    return { result: 'destination-used', deltas: [] };
  }
  if (!(yield* takeOne({ ip, day, destination: all, limit }))) {
    const key = [ip, day, destination] as const;
    yield* execute('UPDATE warm_up SET taken = taken - 1 WHERE ip = ? AND day = ? AND destination = ?', ...key);
    return { result: 'all-used', deltas: [] };
  }
  yield* execute('DELETE FROM warm_up WHERE ip = ? AND day < ?', ip, day - keptDays);
  return { result: 'taken', deltas: [] };
}

/** The row is locked until the transaction ends, so that processes on one database do not pass the limit together. */
function* takeOne({ ip, day, destination, limit }: Omit<WarmUpWant, 'destinationLimit'>): Operation<boolean> {
  if (limit < 1) return false;
  const row = yield* first(
    'INSERT INTO warm_up (ip, day, destination, taken) VALUES (?, ?, ?, 1) ON CONFLICT (ip, day, destination) ' +
      'DO UPDATE SET taken = warm_up.taken + 1 WHERE warm_up.taken < ? RETURNING taken',
    ...[ip, day, destination, limit],
  );
  return row !== undefined;
}
