import type { Delta, Written } from '../delta.ts';
import type { AccountId, MailboxId, ModSeq } from '../ids.ts';
import { isMailboxName, parentNames } from '../mailbox-name.ts';
import type { Mailbox } from '../mailbox.ts';
import { execute, query, type Operation } from '../sql/statement.ts';
import type { MailboxOutcome } from '../store.ts';
import { addCopies, clipRanges, readEntries } from './copy.ts';
import { insertMailbox, insertWithParents } from './create-mailbox.ts';
import { removeEntries } from './expunge.ts';
import { findMailboxById, findMailboxByName } from './mailbox-row.ts';
import type { OperationContext } from './operation-context.ts';
import { takeModseq } from './take-modseq.ts';

/** RENAME (RFC 9051 section 6.3.6): children come along, missing parents are made, subscriptions stay with the old names. */
export function* renameMailbox(
  context: OperationContext,
  request: { readonly accountId: AccountId; readonly mailboxId: MailboxId; readonly newName: string },
): Operation<Written<MailboxOutcome>> {
  const { accountId, mailboxId, newName } = request;
  const mailbox = yield* findMailboxById(accountId, mailboxId);
  if (mailbox === undefined) return { result: { ok: false, reason: 'no-such-mailbox' }, deltas: [] };
  if (!isMailboxName(newName) || newName.startsWith(`${mailbox.name}/`)) {
    return { result: { ok: false, reason: 'bad-name' }, deltas: [] };
  }
  if ((yield* findMailboxByName(accountId, newName)) !== undefined) {
    return { result: { ok: false, reason: 'exists' }, deltas: [] };
  }
  const children = yield* childrenOf(accountId, mailbox);
  const moving = mailbox.name === 'INBOX' ? [] : children;
  const newNames = moving.map((child) => newName + child.name.slice(mailbox.name.length));
  if (!newNames.every(isMailboxName)) return { result: { ok: false, reason: 'bad-name' }, deltas: [] };
  for (const name of newNames) {
    if ((yield* findMailboxByName(accountId, name)) !== undefined) {
      return { result: { ok: false, reason: 'exists' }, deltas: [] };
    }
  }
  const modseq = yield* takeModseq(accountId);
  const parents = parentNames(newName);
  const parent = parents.at(-1);
  const deltas: Delta[] = [];
  if (parent !== undefined && (yield* findMailboxByName(accountId, parent)) === undefined) {
    deltas.push(...(yield* insertWithParents(accountId, parent, modseq)));
  }
  if (mailbox.name === 'INBOX') {
    const made = yield* emptyInbox(context, accountId, mailboxId, newName, modseq);
    const result = yield* outcome(accountId, made.mailboxId);
    return { result, deltas: [...deltas, ...made.deltas] };
  }
  for (const [index, each] of [mailbox, ...moving].entries()) {
    const name = index === 0 ? newName : (newNames[index - 1] ?? newName);
    yield* execute('UPDATE mailbox SET name = ?, highest_modseq = ? WHERE id = ?', name, modseq, each.id);
    deltas.push({ kind: 'mailbox', what: 'renamed', accountId, mailboxId: each.id, name, oldName: each.name, modseq });
  }
  return { result: yield* outcome(accountId, mailboxId), deltas };
}

function* outcome(accountId: AccountId, mailboxId: MailboxId): Operation<MailboxOutcome> {
  const mailbox = yield* findMailboxById(accountId, mailboxId);
  if (mailbox === undefined) throw new Error(`mailbox ${mailboxId} went away`);
  return { ok: true, mailbox };
}

function* childrenOf(
  accountId: AccountId,
  mailbox: Mailbox,
): Operation<readonly { readonly id: MailboxId; readonly name: string }[]> {
  const rows = yield* query(
    'SELECT id, name FROM mailbox WHERE account_id = ? AND name >= ? AND name < ? ORDER BY name',
    ...[accountId, `${mailbox.name}/`, `${mailbox.name}0`],
  );
  return rows.map(([id, name]) => ({ id: Number(id) as MailboxId, name: String(name) }));
}

/** INBOX stays; what is in it moves to a new mailbox, its annotations are copied. */
function* emptyInbox(
  context: OperationContext,
  accountId: AccountId,
  inboxId: MailboxId,
  newName: string,
  modseq: ModSeq,
): Operation<{ readonly mailboxId: MailboxId; readonly deltas: readonly Delta[] }> {
  const mailboxId = yield* insertMailbox(accountId, newName, modseq);
  const deltas: Delta[] = [{ kind: 'mailbox', what: 'created', accountId, mailboxId, name: newName, modseq }];
  yield* execute(
    'INSERT INTO annotation (account_id, mailbox_id, entry, value, modseq) ' +
      'SELECT account_id, CAST(? AS BIGINT), entry, value, CAST(? AS BIGINT) FROM annotation WHERE account_id = ? AND mailbox_id = ?',
    ...[mailboxId, modseq, accountId, inboxId],
  );
  const everything = [[1, 4294967295]] as const;
  const rows = yield* readEntries(inboxId, everything);
  if (rows.length > 0) {
    const uids = clipRanges(everything, rows);
    deltas.push(yield* addCopies(context, { accountId, from: inboxId, to: mailboxId, uids }, rows, modseq));
    deltas.push(yield* removeEntries(context, { accountId, mailboxId: inboxId, uids }, { mask: 0, modseq, rows }));
  }
  return { mailboxId, deltas };
}
