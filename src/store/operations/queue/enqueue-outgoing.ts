import type { Written } from '../../delta.ts';
import type { QueueId } from '../../ids.ts';
import type { PreparedMessage } from '../../prepare-message.ts';
import type { EnqueuedEntry, EnqueueLease, NewEntry, OutgoingEnvelope } from '../../queue/outgoing-row.ts';
import { execute, first, query, type Operation } from '../../sql/statement.ts';
import type { OperationContext } from '../operation-context.ts';
import { storeBlob } from '../store-blob.ts';

export interface PreparedOutgoing {
  readonly message: PreparedMessage;
  readonly outgoing: OutgoingEnvelope;
}

/** Puts messages into the queue, each with an entry for each recipient, in their order. */
export function* enqueueOutgoing(
  context: OperationContext,
  request: { readonly messages: readonly PreparedOutgoing[]; readonly lease?: EnqueueLease | undefined },
): Operation<Written<readonly EnqueuedEntry[]>> {
  const entries: EnqueuedEntry[] = [];
  for (const each of request.messages) entries.push(...(yield* insertOutgoing(context, each, request.lease)));
  return { result: entries, deltas: [] };
}

/** One message with its entries; those that a rule holds are held. */
export function* insertOutgoing(
  context: OperationContext,
  { message, outgoing }: PreparedOutgoing,
  lease?: EnqueueLease,
): Operation<readonly EnqueuedEntry[]> {
  const blobId = yield* storeBlob(context, message);
  const row = yield* first(
    'INSERT INTO outgoing_message (blob_id, account_id, size_bytes, queued_at, from_domain, facts, prefix, part_map) ' +
      'VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id',
    ...[blobId, outgoing.accountId ?? null, message.sizeBytes + outgoing.prefix.length, outgoing.queuedAtMs],
    ...[outgoing.fromDomain, outgoing.facts, outgoing.prefix, message.partMap],
  );
  const messageId = Number(row?.[0]);
  const rules = yield* query('SELECT account_id, from_domain, domain FROM hold_rule');
  const entries: EnqueuedEntry[] = [];
  for (const entry of outgoing.entries) {
    const facts = [outgoing.accountId, outgoing.fromDomain, entry.domain];
    const held = rules.some((rule) => rule.every((wanted, place) => wanted === null || same(wanted, facts[place])));
    const claim = entry.claim === true && !held ? lease : undefined;
    const id = yield* insertEntry(messageId, entry, { held, claim });
    entries.push({ id, messageId, isClaimed: claim !== undefined });
  }
  if (outgoing.counts && outgoing.accountId !== undefined) yield* count(outgoing.accountId, outgoing);
  return entries;
}

/** PostgreSQL gives numbers of 64 bits as text. */
function same(wanted: unknown, fact: unknown): boolean {
  return String(wanted) === String(fact);
}

function* insertEntry(
  messageId: number,
  entry: NewEntry,
  { held, claim }: { readonly held: boolean; readonly claim: EnqueueLease | undefined },
): Operation<QueueId> {
  const row = yield* first(
    'INSERT INTO outgoing_entry (message_id, domain, return_path, recipient, due_at, attempts, expires_at, held, ' +
      "lease_owner, lease_until, delay_told, facts, story) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, '[]') RETURNING id",
    ...[messageId, entry.domain, entry.returnPath, entry.recipient, entry.dueAtMs + (claim?.retryAfterMs ?? 0)],
    ...[claim === undefined ? 0 : 1, entry.expiresAtMs, held ? 1 : 0, claim?.owner ?? '', claim?.leaseUntilMs ?? 0],
    entry.facts,
  );
  return Number(row?.[0]) as QueueId;
}

export const hourMs = 3_600_000;
/** Hours that the limits look at, and one that has begun. */
export const countedHours = 25;

function* count(accountId: number, { entries, queuedAtMs }: OutgoingEnvelope): Operation<void> {
  let firstTime = 0;
  // In one order, so that two transactions do not wait for each other.
  for (const key of [...new Set(entries.map((entry) => entry.key))].sort((a, b) => a - b)) {
    const added = yield* first(
      'INSERT INTO known_recipient (account_id, address) VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING address',
      ...[accountId, key],
    );
    if (added !== undefined) firstTime += 1;
  }
  const hour = Math.floor(queuedAtMs / hourMs);
  yield* execute(
    'INSERT INTO sent_hour (account_id, hour, recipients, first_time) VALUES (?, ?, ?, ?) ON CONFLICT (account_id, hour) ' +
      'DO UPDATE SET recipients = sent_hour.recipients + excluded.recipients, first_time = sent_hour.first_time + excluded.first_time',
    ...[accountId, hour, entries.length, firstTime],
  );
  yield* execute('DELETE FROM sent_hour WHERE account_id = ? AND hour < ?', accountId, hour - countedHours);
}
