import type { Written } from '../delta.ts';
import type { AccountId, MailboxId } from '../ids.ts';
import { rightsLimits, sortRights, withoutRights } from '../mailbox-rights.ts';
import { execute, first, type Operation } from '../sql/statement.ts';
import { findMailboxById } from './mailbox-row.ts';
import type { OperationContext } from './operation-context.ts';
import { takeModseq } from './take-modseq.ts';

export interface SetRights {
  /** The owner. */
  readonly accountId: AccountId;
  readonly mailboxId: MailboxId;
  readonly identifier: string;
  /** The account behind the identifier; undefined: everybody. */
  readonly granteeId: AccountId | undefined;
  readonly how: 'replace' | 'add' | 'remove';
  /** Letters. */
  readonly rights: string;
}

export type RightsSet = { readonly ok: true } | { readonly ok: false; readonly reason: 'no-such-mailbox' | 'too-many' };

/** SETACL and DELETEACL: an entry without rights is no entry. RFC 4314 sections 3.1 and 3.2. */
export function* setRights(_context: OperationContext, request: SetRights): Operation<Written<RightsSet>> {
  const { accountId, mailboxId, identifier, granteeId, how } = request;
  const mailbox = yield* findMailboxById(accountId, mailboxId);
  if (mailbox === undefined) return { result: { ok: false, reason: 'no-such-mailbox' }, deltas: [] };
  const row = yield* first(
    'SELECT rights FROM mailbox_right WHERE mailbox_id = ? AND identifier = ?',
    ...[mailboxId, identifier],
  );
  const before = String(row?.[0] ?? '');
  const rights = change(before, how, request.rights);
  if (rights === before) return { result: { ok: true }, deltas: [] };
  if (row === undefined) {
    const count = yield* first('SELECT count(*) FROM mailbox_right WHERE mailbox_id = ?', mailboxId);
    if (Number(count?.[0]) >= rightsLimits.maxIdentifiers) {
      return { result: { ok: false, reason: 'too-many' }, deltas: [] };
    }
  }
  const modseq = yield* takeModseq(accountId);
  yield* execute('DELETE FROM mailbox_right WHERE mailbox_id = ? AND identifier = ?', mailboxId, identifier);
  if (rights !== '') {
    yield* execute(
      'INSERT INTO mailbox_right (mailbox_id, identifier, account_id, grantee_id, rights) VALUES (?, ?, ?, ?, ?)',
      ...[mailboxId, identifier, accountId, granteeId ?? 0, rights],
    );
  }
  return {
    result: { ok: true },
    deltas: [{ kind: 'mailbox', what: 'changed', accountId, mailboxId, name: mailbox.name, modseq }],
  };
}

function change(before: string, how: SetRights['how'], letters: string): string {
  if (how === 'add') return sortRights(before + letters);
  if (how === 'remove') return withoutRights(before, letters);
  return sortRights(letters);
}

/** A new mailbox may be used by those who may use its parent. RFC 4314 section 4, CREATE. */
export function* inheritRights(accountId: AccountId, mailboxId: MailboxId, name: string): Operation<void> {
  const slash = name.lastIndexOf('/');
  if (slash < 0) return;
  yield* execute(
    'INSERT INTO mailbox_right (mailbox_id, identifier, account_id, grantee_id, rights) ' +
      'SELECT CAST(? AS BIGINT), r.identifier, r.account_id, r.grantee_id, r.rights FROM mailbox m ' +
      'CROSS JOIN mailbox_right r WHERE m.account_id = ? AND m.name = ? AND r.mailbox_id = m.id',
    ...[mailboxId, accountId, name.slice(0, slash)],
  );
}
