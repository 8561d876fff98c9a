import type { Delta, Written } from '../../delta.ts';
import type { QueueId } from '../../ids.ts';
import type { PreparedMessage } from '../../prepare-message.ts';
import type { EnqueuedEntry, EnqueueLease, FiledEnd, NewEntry, OutgoingEnvelope } from '../../queue/outgoing-row.ts';
import { pathKey } from '../../queue/retired-row.ts';
import { execute, first, query, type Operation, type SqlRow } from '../../sql/statement.ts';
import type { AppendTarget } from '../../append-target.ts';
import { append } from '../append.ts';
import type { OperationContext } from '../operation-context.ts';
import { storeBlob } from '../store-blob.ts';
import { keepFiled, takeNumber } from './keep-filed.ts';

export interface PreparedOutgoing {
  readonly message: PreparedMessage;
  readonly outgoing: OutgoingEnvelope;
  readonly targets?: readonly AppendTarget[];
}

/** Puts messages into the queue, each with an entry for each recipient, in their order; what can be filed here at once is. */
export function* enqueueOutgoing(
  context: OperationContext,
  request: {
    readonly messages: readonly PreparedOutgoing[];
    readonly lease?: EnqueueLease | undefined;
    readonly filed?: FiledEnd | undefined;
  },
): Operation<Written<readonly EnqueuedEntry[]>> {
  const result: EnqueuedEntry[] = [];
  const deltas: Delta[] = [];
  for (const each of request.messages) {
    const { entries } = each.outgoing;
    const rules = yield* query('SELECT account_id, from_domain, domain FROM hold_rule');
    const held = entries.map((entry) => isHeld(rules, each.outgoing, entry));
    const filed = yield* fileAtOnce(context, each, held);
    deltas.push(...filed.deltas);
    const queued = yield* insertEntries(context, each, {
      ...{ held, filed: filed.places, lease: request.lease, end: request.filed },
    });
    result.push(...queued);
    const { counts, accountId } = each.outgoing;
    if (counts && accountId !== undefined) yield* count(accountId, each.outgoing);
  }
  return { result, deltas };
}

/** One message with its entries, for the commit of something else; those that a rule holds are held. */
export function* insertOutgoing(context: OperationContext, prepared: PreparedOutgoing): Operation<void> {
  yield* enqueueOutgoing(context, { messages: [prepared] });
}

function isHeld(rules: readonly SqlRow[], outgoing: OutgoingEnvelope, entry: NewEntry): boolean {
  const facts = [outgoing.accountId, outgoing.fromDomain, entry.domain];
  return rules.some((rule) => rule.every((wanted, place) => wanted === null || same(wanted, facts[place])));
}

/** Files the copies of entries that have some and are not held. The places of the entries that are served by it. */
function* fileAtOnce(
  context: OperationContext,
  { message, outgoing, targets = [] }: PreparedOutgoing,
  held: readonly boolean[],
): Operation<{ readonly places: ReadonlySet<number>; readonly deltas: readonly Delta[] }> {
  const places = new Set<number>();
  const wanted: { readonly place: number; readonly target: AppendTarget }[] = [];
  for (const [place, { copies }] of outgoing.entries.entries()) {
    if (copies === undefined || held[place] === true) continue;
    if (copies.length === 0) places.add(place);
    for (const copy of copies) {
      const target = targets[copy];
      if (target !== undefined) wanted.push({ place, target });
    }
  }
  if (wanted.length === 0) return { places, deltas: [] };
  const messages = [{ message, targets: wanted.map(({ target }) => target) }];
  const { result, deltas } = yield* append(context, { messages, allOrNothing: false });
  for (const [n, { place }] of wanted.entries()) if (result[n]?.ok === true) places.add(place);
  return { places, deltas };
}

function* insertEntries(
  context: OperationContext,
  { message, outgoing }: PreparedOutgoing,
  how: {
    readonly held: readonly boolean[];
    readonly filed: ReadonlySet<number>;
    readonly lease: EnqueueLease | undefined;
    readonly end: FiledEnd | undefined;
  },
): Operation<readonly EnqueuedEntry[]> {
  const { end } = how;
  const allFiled = how.filed.size === outgoing.entries.length;
  if (allFiled && end === undefined) return outgoing.entries.map(() => ({ kind: 'filed', id: undefined }));
  const messageId = allFiled
    ? yield* takeNumber(context, 'outgoing_message')
    : yield* insertMessage(context, { message, outgoing });
  const sizeBytes = message.sizeBytes + outgoing.prefix.length;
  const entries: EnqueuedEntry[] = [];
  for (const [place, entry] of outgoing.entries.entries()) {
    if (how.filed.has(place)) {
      const id = end && (yield* keepFiled(context, entry, { messageId, outgoing, sizeBytes, end }));
      entries.push({ kind: 'filed', id });
      continue;
    }
    const held = how.held[place] === true;
    const claim = entry.claim === true && !held ? how.lease : undefined;
    const id = yield* insertEntry(messageId, entry, { held, claim });
    entries.push({ kind: 'queued', id, messageId, isClaimed: claim !== undefined });
  }
  return entries;
}

function* insertMessage(
  context: OperationContext,
  { message, outgoing }: Pick<PreparedOutgoing, 'message' | 'outgoing'>,
): Operation<number> {
  const { id: blobId } = yield* storeBlob(context, message);
  const row = yield* first(
    'INSERT INTO outgoing_message (blob_id, account_id, size_bytes, queued_at, from_domain, message_key, facts, prefix, ' +
      'part_map) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id',
    ...[blobId, outgoing.accountId ?? null, message.sizeBytes + outgoing.prefix.length, outgoing.queuedAtMs],
    ...[outgoing.fromDomain, outgoing.messageKey ?? null, outgoing.facts, outgoing.prefix, message.partMap],
  );
  return Number(row?.[0]);
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
  const id = Number(row?.[0]) as QueueId;
  if (entry.ownReturnPath === true) {
    yield* execute('INSERT INTO return_path (path_key, entry_id) VALUES (?, ?)', pathKey(entry.returnPath), id);
  }
  return id;
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
  const counted = yield* first(
    'INSERT INTO sent_hour (account_id, hour, recipients, first_time) VALUES (?, ?, ?, ?) ON CONFLICT (account_id, hour) ' +
      'DO UPDATE SET recipients = sent_hour.recipients + excluded.recipients, first_time = sent_hour.first_time + excluded.first_time ' +
      'RETURNING recipients',
    ...[accountId, hour, entries.length, firstTime],
  );
  // The first of an hour clears up.
  if (Number(counted?.[0]) !== entries.length) return;
  yield* execute('DELETE FROM sent_hour WHERE account_id = ? AND hour < ?', accountId, hour - countedHours);
}
