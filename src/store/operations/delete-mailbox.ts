import type { Written } from '../delta.ts';
import type { AccountId, MailboxId } from '../ids.ts';
import { execute, first, type Operation } from '../sql/statement.ts';
import type { MailboxOutcome } from '../store.ts';
import { readEntries } from './copy.ts';
import { removeEntries } from './expunge.ts';
import { findMailboxById } from './mailbox-row.ts';
import type { OperationContext } from './operation-context.ts';
import { takeModseq } from './take-modseq.ts';

const allUids = [[1, 4294967295]] as const;

/** DELETE: only a mailbox without children, never INBOX. Its messages go with it; the subscription stays. */
export function* deleteMailbox(
  context: OperationContext,
  request: { readonly accountId: AccountId; readonly mailboxId: MailboxId },
): Operation<Written<MailboxOutcome>> {
  const { accountId, mailboxId } = request;
  const mailbox = yield* findMailboxById(accountId, mailboxId);
  if (mailbox === undefined) return { result: { ok: false, reason: 'no-such-mailbox' }, deltas: [] };
  if (mailbox.name === 'INBOX') return { result: { ok: false, reason: 'is-inbox' }, deltas: [] };
  const child = yield* first(
    'SELECT 1 FROM mailbox WHERE account_id = ? AND name >= ? AND name < ?',
    ...[accountId, `${mailbox.name}/`, `${mailbox.name}0`],
  );
  if (child !== undefined) return { result: { ok: false, reason: 'has-children' }, deltas: [] };
  const modseq = yield* takeModseq(accountId);
  const rows = yield* readEntries(mailboxId, allUids);
  yield* removeEntries(context, { accountId, mailboxId, uids: allUids }, { mask: 0, modseq, rows });
  yield* execute('DELETE FROM tombstone WHERE mailbox_id = ?', mailboxId);
  yield* execute('DELETE FROM annotation WHERE account_id = ? AND mailbox_id = ?', accountId, mailboxId);
  yield* execute('DELETE FROM mailbox_right WHERE mailbox_id = ?', mailboxId);
  yield* execute('DELETE FROM mailbox WHERE id = ?', mailboxId);
  yield* execute(
    'INSERT INTO removed_mailbox (account_id, modseq, mailbox_id, name) VALUES (?, ?, ?, ?)',
    ...[accountId, modseq, mailboxId, mailbox.name],
  );
  return {
    result: { ok: true, mailbox },
    deltas: [{ kind: 'mailbox', what: 'deleted', accountId, mailboxId, name: mailbox.name, modseq }],
  };
}
