import type { Written } from '../../delta.ts';
import type { AccountId } from '../../ids.ts';
import type { HoldRule, PausedDestination, Suppression } from '../../queue/outgoing-row.ts';
import { execute, query, type Operation } from '../../sql/statement.ts';
import type { OperationContext } from '../operation-context.ts';

export type QueueRulesEdit =
  /** Holds what fits and is there already as well (spec section 6.7). */
  | { readonly do: 'add-hold-rule'; readonly rule: Omit<HoldRule, 'id'> }
  | { readonly do: 'remove-hold-rule'; readonly id: number }
  | { readonly do: 'pause'; readonly paused: PausedDestination }
  | { readonly do: 'resume'; readonly domain: string }
  | { readonly do: 'suppress'; readonly suppression: Suppression }
  | { readonly do: 'unsuppress'; readonly accountId: AccountId; readonly address: string };

/** Changes what the queue goes by. Answers with how many rules, or entries that are held now, it touched. */
export function* editQueueRules(
  context: OperationContext,
  request: { readonly edit: QueueRulesEdit },
): Operation<Written<number>> {
  return { result: yield* perform(context, request.edit), deltas: [] };
}

function* perform({ nowMs }: OperationContext, edit: QueueRulesEdit): Operation<number> {
  switch (edit.do) {
    case 'add-hold-rule': {
      const { accountId, fromDomain, domain } = edit.rule;
      yield* execute(
        'INSERT INTO hold_rule (account_id, from_domain, domain, created_at) VALUES (?, ?, ?, ?)',
        ...[accountId ?? null, fromDomain ?? null, domain ?? null, nowMs],
      );
      return yield* holdFitting(edit.rule);
    }
    case 'remove-hold-rule':
      return (yield* query('DELETE FROM hold_rule WHERE id = ? RETURNING id', edit.id)).length;
    case 'pause': {
      const { domain, reason, createdAtMs } = edit.paused;
      yield* execute(
        'INSERT INTO paused_destination (domain, reason, created_at) VALUES (?, ?, ?) ' +
          'ON CONFLICT (domain) DO UPDATE SET reason = excluded.reason',
        ...[domain, reason, createdAtMs],
      );
      return 1;
    }
    case 'resume':
      return (yield* query('DELETE FROM paused_destination WHERE domain = ? RETURNING domain', edit.domain)).length;
    case 'suppress': {
      const { accountId, address, reason, createdAtMs, expiresAtMs } = edit.suppression;
      yield* execute(
        'INSERT INTO suppression (account_id, address, reason, created_at, expires_at) VALUES (?, ?, ?, ?, ?) ' +
          'ON CONFLICT (account_id, address) DO UPDATE SET reason = excluded.reason, expires_at = excluded.expires_at',
        ...[accountId, address, reason, createdAtMs, expiresAtMs ?? null],
      );
      return 1;
    }
    case 'unsuppress': {
      const gone = yield* query(
        'DELETE FROM suppression WHERE account_id = ? AND address = ? RETURNING address',
        ...[edit.accountId, edit.address],
      );
      return gone.length;
    }
  }
}

function* holdFitting({ accountId, fromDomain, domain }: Omit<HoldRule, 'id'>): Operation<number> {
  const ofMessage: string[] = [];
  const values: (string | number)[] = [];
  if (domain !== undefined) values.push(domain);
  if (accountId !== undefined) {
    ofMessage.push('m.account_id = ?');
    values.push(accountId);
  }
  if (fromDomain !== undefined) {
    ofMessage.push('m.from_domain = ?');
    values.push(fromDomain);
  }
  const held = yield* query(
    `UPDATE outgoing_entry SET held = 1 WHERE held = 0${domain === undefined ? '' : ' AND domain = ?'}` +
      (ofMessage.length === 0
        ? ''
        : ` AND message_id IN (SELECT m.id FROM outgoing_message m WHERE ${ofMessage.join(' AND ')})`) +
      ' RETURNING id',
    ...values,
  );
  return held.length;
}
