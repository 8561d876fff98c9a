import type { Delta, Written } from '../delta.ts';
import type { AccountId, MailboxId, ModSeq } from '../ids.ts';
import { isMailboxName, parentNames } from '../mailbox-name.ts';
import { mailboxLimits, type SpecialUse } from '../mailbox.ts';
import { execute, first, type Operation } from '../sql/statement.ts';
import type { MailboxOutcome } from '../store.ts';
import { findMailboxById, findMailboxByName } from './mailbox-row.ts';
import type { OperationContext } from './operation-context.ts';
import { inheritRights } from './set-rights.ts';
import { takeModseq } from './take-modseq.ts';

/** CREATE, with missing parents; all of them subscribed. A special use moves from the mailbox that had it. */
export function* createMailbox(
  _context: OperationContext,
  request: { readonly accountId: AccountId; readonly name: string; readonly specialUse?: SpecialUse },
): Operation<Written<MailboxOutcome>> {
  const { accountId, name, specialUse } = request;
  if (!isMailboxName(name)) return { result: { ok: false, reason: 'bad-name' }, deltas: [] };
  if ((yield* findMailboxByName(accountId, name)) !== undefined) {
    return { result: { ok: false, reason: 'exists' }, deltas: [] };
  }
  const count = yield* first('SELECT count(*) FROM mailbox WHERE account_id = ?', accountId);
  if (Number(count?.[0]) + parentNames(name).length >= mailboxLimits.maxMailboxes) {
    return { result: { ok: false, reason: 'too-many' }, deltas: [] };
  }
  const modseq = yield* takeModseq(accountId);
  const deltas = yield* insertWithParents(accountId, name, modseq);
  const made = deltas.at(-1);
  if (made?.kind !== 'mailbox') throw new Error(`mailbox ${name} was not made`);
  if (specialUse !== undefined) {
    const moved = yield* assignSpecialUse(accountId, made.mailboxId, specialUse, modseq);
    deltas.unshift(...moved);
  }
  const mailbox = yield* findMailboxById(accountId, made.mailboxId);
  if (mailbox === undefined) throw new Error(`mailbox ${name} was not made`);
  return { result: { ok: true, mailbox }, deltas };
}

/** Makes the mailbox and the parents that are missing; the mailbox's own delta comes last. */
export function* insertWithParents(accountId: AccountId, name: string, modseq: ModSeq): Operation<Delta[]> {
  const deltas: Delta[] = [];
  for (const each of [...parentNames(name), name]) {
    if (each !== name && (yield* findMailboxByName(accountId, each)) !== undefined) continue;
    const mailboxId = yield* insertMailbox(accountId, each, modseq);
    deltas.push({ kind: 'mailbox', what: 'created', accountId, mailboxId, name: each, modseq });
  }
  return deltas;
}

/** One mailbox with a uidvalidity that the account never had before. RFC 9051 sections 6.3.4, 6.3.5 and 6.3.6. */
export function* insertMailbox(
  accountId: AccountId,
  name: string,
  modseq: ModSeq,
  specialUse?: SpecialUse,
): Operation<MailboxId> {
  const counter = yield* first(
    'UPDATE account SET next_uid_validity = next_uid_validity + 1 WHERE id = ? RETURNING next_uid_validity - 1',
    accountId,
  );
  const row = yield* first(
    'INSERT INTO mailbox (account_id, name, uid_validity, uid_next, total, unseen, deleted, size_bytes, highest_modseq, ' +
      'created_modseq, pruned_modseq, special_use) VALUES (?, ?, ?, 1, 0, 0, 0, 0, ?, ?, 0, ?) RETURNING id',
    ...[accountId, name, Number(counter?.[0]), modseq, modseq, specialUse ?? null],
  );
  yield* execute('INSERT INTO subscription (account_id, name) VALUES (?, ?) ON CONFLICT DO NOTHING', accountId, name);
  const mailboxId = Number(row?.[0]) as MailboxId;
  yield* inheritRights(accountId, mailboxId, name);
  return mailboxId;
}

/** Gives a mailbox a special use and takes it from the one that had it. */
export function* assignSpecialUse(
  accountId: AccountId,
  mailboxId: MailboxId,
  specialUse: SpecialUse,
  modseq: ModSeq,
): Operation<Delta[]> {
  const previous = yield* first(
    'UPDATE mailbox SET special_use = NULL WHERE account_id = ? AND special_use = ? AND id <> ? RETURNING id, name',
    ...[accountId, specialUse, mailboxId],
  );
  yield* execute('UPDATE mailbox SET special_use = ? WHERE id = ?', specialUse, mailboxId);
  if (previous === undefined) return [];
  const id = Number(previous[0]) as MailboxId;
  return [{ kind: 'mailbox', what: 'changed', accountId, mailboxId: id, name: String(previous[1]), modseq }];
}
