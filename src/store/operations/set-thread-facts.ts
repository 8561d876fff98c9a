import type { Written } from '../delta.ts';
import { execute, type Operation } from '../sql/statement.ts';
import type { OperationContext } from './operation-context.ts';

/** Fills `email.threading` of messages from before there was the column. */
export function* setThreadFacts(
  _context: OperationContext,
  request: { readonly facts: readonly { readonly emailId: number; readonly threading: Uint8Array }[] },
): Operation<Written<true>> {
  for (const { emailId, threading } of request.facts) {
    yield* execute('UPDATE email SET threading = ? WHERE id = ? AND threading IS NULL', threading, emailId);
  }
  return { result: true, deltas: [] };
}

/** Empties `email.threading`, so that it is made anew from the messages. */
export function* resetThreadFacts(_context: OperationContext, _request: object): Operation<Written<true>> {
  yield* execute('UPDATE email SET threading = NULL WHERE threading IS NOT NULL');
  return { result: true, deltas: [] };
}

/** Empties `email.usual_fields`: the messages are opened from then on. */
export function* resetUsualFields(_context: OperationContext, _request: object): Operation<Written<true>> {
  yield* execute('UPDATE email SET usual_fields = NULL WHERE usual_fields IS NOT NULL');
  return { result: true, deltas: [] };
}
