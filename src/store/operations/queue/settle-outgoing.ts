import type { Written } from '../../delta.ts';
import type { QueueId } from '../../ids.ts';
import { first, type Operation } from '../../sql/statement.ts';
import type { OperationContext } from '../operation-context.ts';
import { insertOutgoing, type PreparedOutgoing } from './enqueue-outgoing.ts';
import type { EntryEnd, HistoryWish } from '../../queue/retired-row.ts';
import { removeEmptyMessages } from './remove-empty-messages.ts';
import { retireEntries } from './retire-entries.ts';

export interface SettleRequest {
  /** Entries that somebody else has claimed meanwhile are left alone. */
  readonly owner: string;
  /** Delivered, or given up: they go. */
  readonly done: readonly EntryEnd[];
  /** Undefined: what goes leaves nothing behind. */
  readonly history: HistoryWish | undefined;
  /** Tried again. */
  readonly later: readonly {
    readonly id: QueueId;
    readonly dueAtMs: number;
    readonly story: string;
    readonly delayTold: boolean;
  }[];
  /** As if the try had not begun. */
  readonly released: readonly { readonly id: QueueId; readonly dueAtMs: number }[];
  /** What comes of it: delivery status notifications. */
  readonly messages: readonly PreparedOutgoing[];
}

/** Keeps how tries ended, and what is to be told of it, in one transaction. Answers with the entries that were ours. */
export function* settleOutgoing(
  context: OperationContext,
  request: SettleRequest,
): Operation<Written<readonly QueueId[]>> {
  const { owner } = request;
  const settled: QueueId[] = [];
  const emptied = yield* retireEntries(request.done, { owner, history: request.history, settled });
  for (const { id, dueAtMs, story, delayTold } of request.later) {
    const row = yield* first(
      "UPDATE outgoing_entry SET lease_owner = '', lease_until = 0, due_at = ?, story = ?, delay_told = ? " +
        'WHERE id = ? AND lease_owner = ? RETURNING id',
      ...[dueAtMs, story, delayTold ? 1 : 0, id, owner],
    );
    if (row !== undefined) settled.push(id);
  }
  for (const { id, dueAtMs } of request.released) {
    const row = yield* first(
      "UPDATE outgoing_entry SET lease_owner = '', lease_until = 0, due_at = ?, attempts = attempts - 1 " +
        'WHERE id = ? AND lease_owner = ? AND attempts > 0 RETURNING id',
      ...[dueAtMs, id, owner],
    );
    if (row !== undefined) settled.push(id);
  }
  // Before the old message goes: a notification may hold the same octets.
  for (const message of request.messages) yield* insertOutgoing(context, message);
  yield* removeEmptyMessages(context, emptied);
  return { result: settled, deltas: [] };
}
