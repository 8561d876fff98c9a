import type { AccountId, QueueId } from '../../ids.ts';
import type { OutgoingFilter, OutgoingRow } from '../../queue/outgoing-row.ts';
import type { SqlRow, SqlValue } from '../../sql/statement.ts';

/** Selects what `toOutgoingRow` reads; a WHERE may follow. */
export const selectOutgoing =
  'SELECT e.id, e.message_id, m.account_id, m.size_bytes, m.queued_at, m.from_domain, m.facts, e.domain, e.return_path, ' +
  'e.recipient, e.due_at, e.attempts, e.expires_at, e.held, e.lease_until, e.delay_told, e.facts, e.story ' +
  'FROM outgoing_entry e JOIN outgoing_message m ON m.id = e.message_id';

export function toOutgoingRow(row: SqlRow): OutgoingRow {
  const [id, messageId, accountId, size, queuedAt, fromDomain, messageFacts, domain, returnPath, ...rest] = row;
  const [recipient, dueAt, attempts, expiresAt, held, leaseUntil, delayTold, facts, story] = rest;
  return {
    id: Number(id) as QueueId,
    messageId: Number(messageId),
    accountId: accountId === null || accountId === undefined ? undefined : (Number(accountId) as AccountId),
    sizeBytes: Number(size),
    queuedAtMs: Number(queuedAt),
    fromDomain: String(fromDomain),
    messageFacts: String(messageFacts),
    domain: String(domain),
    returnPath: String(returnPath),
    recipient: String(recipient),
    dueAtMs: Number(dueAt),
    attempts: Number(attempts),
    expiresAtMs: Number(expiresAt),
    isHeld: Number(held) !== 0,
    leaseUntilMs: Number(leaseUntil),
    delayTold: Number(delayTold) !== 0,
    facts: String(facts),
    story: String(story),
  };
}

/** Ids in one statement; more are not asked for at a time. */
export const maxFilterIds = 500;

/** A condition over `e` and `m` for a filter. Addresses are compared without regard to case. */
export function whereOf(filter: OutgoingFilter): { readonly sql: string; readonly values: readonly SqlValue[] } {
  const terms: string[] = [];
  const values: SqlValue[] = [];
  const add = (term: string, ...more: SqlValue[]): void => {
    terms.push(term);
    values.push(...more);
  };
  if (filter.ids !== undefined) {
    const ids = filter.ids.slice(0, maxFilterIds);
    add(ids.length === 0 ? '1 = 0' : `e.id IN (${ids.map(() => '?').join(', ')})`, ...ids);
  }
  if (filter.accountId !== undefined) add('m.account_id = ?', filter.accountId);
  if (filter.from !== undefined) addAddress(add, 'e.return_path', filter.from);
  if (filter.to !== undefined) addAddress(add, 'e.recipient', filter.to);
  if (filter.held !== undefined) add(filter.held ? 'e.held <> 0' : 'e.held = 0');
  if (filter.queuedBeforeMs !== undefined) add('m.queued_at < ?', filter.queuedBeforeMs);
  if (filter.dueBeforeMs !== undefined) add('e.due_at < ?', filter.dueBeforeMs);
  if (filter.messageKey !== undefined) add('m.message_key = ?', filter.messageKey);
  return { sql: terms.length === 0 ? '1 = 1' : terms.join(' AND '), values };
}

/** A condition for an address, or for all of `@domain`. */
export function addAddress(add: (term: string, ...values: SqlValue[]) => void, column: string, wanted: string): void {
  const text = wanted.toLowerCase();
  if (!text.startsWith('@')) add(`lower(${column}) = ?`, text);
  else add(`substr(lower(${column}), length(${column}) - ${text.length - 1}) = ?`, text);
}
