import type { Written } from '../../delta.ts';
import type { QueueId } from '../../ids.ts';
import { execute, type Operation } from '../../sql/statement.ts';
import type { OperationContext } from '../operation-context.ts';

/** The tries go on: nobody else may take these entries before then. */
export function* renewOutgoing(
  _context: OperationContext,
  request: { readonly owner: string; readonly ids: readonly QueueId[]; readonly leaseUntilMs: number },
): Operation<Written<true>> {
  for (const id of request.ids) {
    yield* execute(
      'UPDATE outgoing_entry SET lease_until = ? WHERE id = ? AND lease_owner = ?',
      ...[request.leaseUntilMs, id, request.owner],
    );
  }
  return { result: true, deltas: [] };
}
