import type { AccountId } from '../ids.ts';
import { countedHours, hourMs } from '../operations/queue/enqueue-outgoing.ts';
import { selectOutgoing, toOutgoingRow, whereOf } from '../operations/queue/outgoing-rows.ts';
import { first, query, type Operation } from '../sql/statement.ts';
import type {
  HoldRule,
  OutgoingDestination,
  OutgoingFilter,
  OutgoingRow,
  PausedDestination,
  Sent,
  Suppression,
} from './outgoing-row.ts';

export function* listOutgoing(filter: OutgoingFilter, after: number, limit: number): Operation<readonly OutgoingRow[]> {
  const where = whereOf(filter);
  const rows = yield* query(
    `${selectOutgoing} WHERE ${where.sql} AND e.id > ? ORDER BY e.id LIMIT ?`,
    ...where.values,
    ...[after, limit],
  );
  return rows.map(toOutgoingRow);
}

export function* countOutgoing(filter: OutgoingFilter): Operation<number> {
  const where = whereOf(filter);
  const row = yield* first(
    'SELECT count(*) FROM outgoing_entry e JOIN outgoing_message m ON m.id = e.message_id ' + `WHERE ${where.sql}`,
    ...where.values,
  );
  return Number(row?.[0] ?? 0);
}

/** Destinations in the order of their names, each with the moment when its first entry is due. One look into the index each. */
export function* readDestinations(after: string, limit: number): Operation<readonly OutgoingDestination[]> {
  const destinations: OutgoingDestination[] = [];
  let last = after;
  while (destinations.length < limit) {
    const row = yield* first(
      'SELECT domain, due_at FROM outgoing_entry WHERE held = 0 AND domain > ? ORDER BY domain, due_at LIMIT 1',
      last,
    );
    if (row === undefined) break;
    last = String(row[0]);
    destinations.push({ domain: last, dueAtMs: Number(row[1]) });
  }
  return destinations;
}

/** When the next entry to a destination is due; undefined: there is none. */
export function* readNextDue(domain: string): Operation<number | undefined> {
  const row = yield* first(
    'SELECT due_at FROM outgoing_entry WHERE held = 0 AND domain = ? ORDER BY due_at LIMIT 1',
    domain,
  );
  return row === undefined ? undefined : Number(row[0]);
}

export function* readHoldRules(): Operation<readonly HoldRule[]> {
  const rows = yield* query('SELECT id, account_id, from_domain, domain FROM hold_rule ORDER BY id');
  return rows.map(([id, accountId, fromDomain, domain]) => ({
    id: Number(id),
    accountId: accountId === null ? undefined : (Number(accountId) as AccountId),
    fromDomain: fromDomain === null ? undefined : String(fromDomain),
    domain: domain === null ? undefined : String(domain),
  }));
}

export function* readPaused(): Operation<readonly PausedDestination[]> {
  const rows = yield* query('SELECT domain, reason, created_at FROM paused_destination ORDER BY domain');
  return rows.map(([domain, reason, createdAt]) => ({
    domain: String(domain),
    reason: String(reason),
    createdAtMs: Number(createdAt),
  }));
}

export function* readSuppressions(accountId: AccountId): Operation<readonly Suppression[]> {
  const rows = yield* query(
    'SELECT address, reason, created_at, expires_at FROM suppression WHERE account_id = ? ORDER BY address',
    accountId,
  );
  return rows.map(([address, reason, createdAt, expiresAt]) => ({
    accountId,
    address: String(address),
    reason: String(reason),
    createdAtMs: Number(createdAt),
    expiresAtMs: expiresAt === null ? undefined : Number(expiresAt),
  }));
}

/** Why an account does not send to an address; undefined: it does. */
export function* readSuppression(accountId: AccountId, address: string, nowMs: number): Operation<string | undefined> {
  const row = yield* first(
    'SELECT reason FROM suppression WHERE account_id = ? AND address = ? AND (expires_at IS NULL OR expires_at > ?)',
    ...[accountId, address, nowMs],
  );
  return row === undefined ? undefined : String(row[0]);
}

export function* readSent(accountId: AccountId, keys: readonly number[], nowMs: number): Operation<Sent> {
  const [firstKey = 0, ...others] = new Set(keys);
  // One statement for the usual message, which has one recipient.
  const row = yield* first(
    'SELECT coalesce(sum(recipients), 0), coalesce(sum(first_time), 0), ' +
      '(SELECT count(*) FROM known_recipient WHERE account_id = ? AND address = ?) ' +
      'FROM sent_hour WHERE account_id = ? AND hour >= ?',
    ...[accountId, firstKey, accountId, Math.floor(nowMs / hourMs) - countedHours + 1],
  );
  let unknown = keys.length > 0 && Number(row?.[2] ?? 0) === 0 ? 1 : 0;
  for (const key of others) {
    const known = yield* first('SELECT 1 FROM known_recipient WHERE account_id = ? AND address = ?', accountId, key);
    if (known === undefined) unknown += 1;
  }
  return { recipients: Number(row?.[0] ?? 0), firstTime: Number(row?.[1] ?? 0), unknown };
}
