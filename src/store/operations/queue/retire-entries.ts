import type { EntryEnd, HistoryWish } from '../../queue/retired-row.ts';
import type { QueueId } from '../../ids.ts';
import { forgetReturnPaths } from './forget-return-paths.ts';
import { learnRecipient } from './learn-recipient.ts';
import { execute, first, type Operation, type SqlRow } from '../../sql/statement.ts';

interface Retiring {
  /** Undefined: whoever has claimed them. */
  readonly owner?: string;
  readonly history: HistoryWish | undefined;
  /** Takes the ids of those that went. */
  readonly settled?: QueueId[];
}

/** Takes entries out of the queue, and into the history where one is kept. Answers with the messages they were of. */
export function* retireEntries(
  ends: readonly EntryEnd[],
  { owner, history, settled }: Retiring,
): Operation<ReadonlySet<number>> {
  const messages = new Map<number, SqlRow>();
  for (const end of ends) {
    const entry = yield* first(
      `DELETE FROM outgoing_entry WHERE id = ?${owner === undefined ? '' : ' AND lease_owner = ?'} ` +
        'RETURNING message_id, domain, return_path, recipient, attempts, facts, story, reports',
      ...(owner === undefined ? [end.id] : [end.id, owner]),
    );
    if (entry === undefined) continue;
    settled?.push(end.id);
    const messageId = Number(entry[0]);
    const message = messages.get(messageId) ?? (yield* readMessage(messageId, history));
    messages.set(messageId, message);
    if (history !== undefined) yield* keep(end, { entry, message, endedAtMs: history.endedAtMs });
    else yield* forgetReturnPaths([[end.id, String(entry[2])]]);
    if (end.lesson !== undefined) yield* learnRecipient(end.lesson);
  }
  return new Set(messages.keys());
}

/** Entries of one message tend to end together: it is read once. */
function* readMessage(messageId: number, history: HistoryWish | undefined): Operation<SqlRow> {
  if (history === undefined) return [];
  const row = yield* first(
    'SELECT account_id, message_key, size_bytes, queued_at, from_domain, facts FROM outgoing_message WHERE id = ?',
    messageId,
  );
  return row ?? [];
}

/** Writes one line of the history. */
export function* keep(
  end: EntryEnd,
  { entry, message, endedAtMs }: { readonly entry: SqlRow; readonly message: SqlRow; readonly endedAtMs: number },
): Operation<void> {
  const [messageId = 0, domain = '', returnPath = '', recipient = '', attempts = 0, facts = '{}', story = '[]'] = entry;
  const reports = entry[7] ?? '';
  const [accountId = null, key = null, size = 0, queuedAt = 0, fromDomain = '', messageFacts = '{}'] = message;
  yield* execute(
    'INSERT INTO retired_entry (id, message_id, account_id, message_key, domain, return_path, recipient, size_bytes, ' +
      'queued_at, ended_at, attempts, result, from_domain, message_facts, facts, story, ending, reports) ' +
      'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ...[end.id, messageId, accountId, key, domain, returnPath, recipient, size, queuedAt, endedAtMs, attempts],
    ...[end.result, fromDomain, messageFacts, facts, end.story ?? story, end.ending, reports],
  );
}
