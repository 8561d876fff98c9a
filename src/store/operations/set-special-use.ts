import type { Delta, Written } from '../delta.ts';
import type { AccountId, MailboxId } from '../ids.ts';
import type { SpecialUse } from '../mailbox.ts';
import { execute, type Operation } from '../sql/statement.ts';
import type { MailboxOutcome } from '../store.ts';
import { assignSpecialUse } from './create-mailbox.ts';
import { findMailboxById } from './mailbox-row.ts';
import type { OperationContext } from './operation-context.ts';
import { takeModseq } from './take-modseq.ts';

/** Gives a mailbox a special use, or none (RFC 6154). */
export function* setSpecialUse(
  _context: OperationContext,
  request: {
    readonly accountId: AccountId;
    readonly mailboxId: MailboxId;
    readonly specialUse: SpecialUse | undefined;
  },
): Operation<Written<MailboxOutcome>> {
  const { accountId, mailboxId, specialUse } = request;
  if ((yield* findMailboxById(accountId, mailboxId)) === undefined) {
    return { result: { ok: false, reason: 'no-such-mailbox' }, deltas: [] };
  }
  const modseq = yield* takeModseq(accountId);
  const deltas: Delta[] = [];
  if (specialUse === undefined) yield* execute('UPDATE mailbox SET special_use = NULL WHERE id = ?', mailboxId);
  else deltas.push(...(yield* assignSpecialUse(accountId, mailboxId, specialUse, modseq)));
  const mailbox = yield* findMailboxById(accountId, mailboxId);
  if (mailbox === undefined) throw new Error(`mailbox ${mailboxId} went away`);
  deltas.push({ kind: 'mailbox', what: 'changed', accountId, mailboxId, name: mailbox.name, modseq });
  return { result: { ok: true, mailbox }, deltas };
}
