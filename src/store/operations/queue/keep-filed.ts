import type { QueueId } from '../../ids.ts';
import type { FiledEnd, NewEntry, OutgoingEnvelope } from '../../queue/outgoing-row.ts';
import { first, type Operation } from '../../sql/statement.ts';
import type { OperationContext } from '../operation-context.ts';
import { keep } from './retire-entries.ts';

/** An entry that never was in the queue gets its line of the history, with a number as if it had been. */
export function* keepFiled(
  context: OperationContext,
  entry: NewEntry,
  of: {
    readonly messageId: number;
    readonly outgoing: OutgoingEnvelope;
    readonly sizeBytes: number;
    readonly end: FiledEnd;
  },
): Operation<QueueId> {
  const { outgoing, end, messageId, sizeBytes } = of;
  const id = (yield* takeNumber(context, 'outgoing_entry')) as QueueId;
  const { accountId, messageKey, queuedAtMs, fromDomain } = outgoing;
  yield* keep(
    { id, result: 'delivered', story: end.story, ending: end.ending },
    {
      entry: [messageId, entry.domain, entry.returnPath, entry.recipient, 1, entry.facts, '[]'],
      message: [accountId ?? null, messageKey ?? null, sizeBytes, queuedAtMs, fromDomain, outgoing.facts],
      endedAtMs: end.history.endedAtMs,
    },
  );
  return id;
}

/** A number that no row of the table has or will have. */
export function* takeNumber(
  { dialect }: OperationContext,
  table: 'outgoing_message' | 'outgoing_entry',
): Operation<number> {
  for (const sql of dialect.nextNumber(table)) {
    const row = yield* first(sql);
    if (row !== undefined) return Number(row[0]);
  }
  throw new Error(`no number for ${table}`);
}
