import type { Written } from '../../delta.ts';
import type { QueueId } from '../../ids.ts';
import type { OutgoingFilter } from '../../queue/outgoing-row.ts';
import type { EntryEnd, HistoryWish } from '../../queue/retired-row.ts';
import { execute, query, type Operation } from '../../sql/statement.ts';
import type { OperationContext } from '../operation-context.ts';
import { whereOf } from './outgoing-rows.ts';
import { removeEmptyMessages } from './remove-empty-messages.ts';
import { retireEntries } from './retire-entries.ts';

export interface EditOutgoing {
  readonly filter: OutgoingFilter;
  /** `drop`: gone, and nobody is told. `kick`: due now. */
  readonly what: 'kick' | 'hold' | 'release' | 'drop';
  readonly nowMs: number;
  /** Of what is dropped; undefined: it leaves nothing behind. */
  readonly history?: HistoryWish | undefined;
}

export interface OutgoingEdited {
  readonly changed: readonly QueueId[];
  /** Left alone as they are being tried at this moment. */
  readonly busy: readonly QueueId[];
  /** Destinations of those that changed. */
  readonly domains: readonly string[];
}

/** Entries in one transaction; ask again until nothing changes. */
export const maxEdited = 1000;

/** What an administrator does to entries. Those under way can be kept from a next try, but not be dropped. */
export function* editOutgoing(
  context: OperationContext,
  { filter, what, nowMs, history }: EditOutgoing,
): Operation<Written<OutgoingEdited>> {
  const where = whereOf(filter);
  const rows = yield* query(
    'SELECT e.id, e.domain, e.lease_until FROM outgoing_entry e JOIN outgoing_message m ON m.id = e.message_id ' +
      `WHERE ${where.sql} AND ${unlessDone[what]} ORDER BY e.id LIMIT ?${context.dialect.takeUnlocked}`,
    ...where.values,
    ...(what === 'kick' ? [nowMs] : []),
    maxEdited,
  );
  const changed: QueueId[] = [];
  const busy: QueueId[] = [];
  const domains = new Set<string>();
  const dropped: EntryEnd[] = [];
  for (const [rowId, domain, leaseUntil] of rows) {
    const id = Number(rowId) as QueueId;
    if (Number(leaseUntil) > nowMs && (what === 'drop' || what === 'kick')) {
      busy.push(id);
      continue;
    }
    if (what === 'drop') dropped.push({ id, result: 'dropped', story: undefined, ending: '{}' });
    else if (what === 'kick') yield* execute('UPDATE outgoing_entry SET due_at = ? WHERE id = ?', nowMs, id);
    else yield* execute('UPDATE outgoing_entry SET held = ? WHERE id = ?', what === 'hold' ? 1 : 0, id);
    changed.push(id);
    domains.add(String(domain));
  }
  yield* removeEmptyMessages(context, yield* retireEntries(dropped, { history }));
  return { result: { changed, busy, domains: [...domains] }, deltas: [] };
}

const unlessDone = { kick: 'e.due_at > ?', hold: 'e.held = 0', release: 'e.held <> 0', drop: '1 = 1' } as const;
