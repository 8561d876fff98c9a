import type { AccountId, MailboxId, ModSeq } from '../ids.ts';
import { specialUses, type Mailbox, type SpecialUse } from '../mailbox.ts';
import { first, query, type Operation, type SqlRow } from '../sql/statement.ts';

/** For `toMailbox`, in this order; of the table `mailbox m`. */
export const mailboxColumns =
  'm.id, m.name, m.uid_validity, m.uid_next, m.total, m.unseen, m.deleted, m.size_bytes, m.highest_modseq, m.created_modseq, ' +
  'm.special_use';

export function toMailbox(row: SqlRow): Mailbox {
  const [id, name, uidValidity, uidNext, total, unseen, deleted, sizeBytes, highest, created, use] = row;
  return {
    id: Number(id) as MailboxId,
    name: String(name),
    uidValidity: Number(uidValidity),
    uidNext: Number(uidNext),
    total: Number(total),
    unseen: Number(unseen),
    deleted: Number(deleted),
    sizeBytes: Number(sizeBytes),
    highestModseq: Number(highest) as ModSeq,
    createdModseq: Number(created) as ModSeq,
    specialUse: toSpecialUse(use ?? null),
  };
}

function toSpecialUse(value: unknown): SpecialUse | undefined {
  return specialUses.find((use) => use === value);
}

/** All mailboxes of an account, by name. */
export function* listMailboxes(accountId: AccountId): Operation<readonly Mailbox[]> {
  const rows = yield* query(`SELECT ${mailboxColumns} FROM mailbox m WHERE account_id = ? ORDER BY name`, accountId);
  return rows.map(toMailbox);
}

export function* findMailboxByName(accountId: AccountId, name: string): Operation<Mailbox | undefined> {
  const row = yield* first(
    `SELECT ${mailboxColumns} FROM mailbox m WHERE account_id = ? AND name = ?`,
    accountId,
    name,
  );
  return row === undefined ? undefined : toMailbox(row);
}

export function* findMailboxById(accountId: AccountId, mailboxId: MailboxId): Operation<Mailbox | undefined> {
  const row = yield* first(
    `SELECT ${mailboxColumns} FROM mailbox m WHERE account_id = ? AND id = ?`,
    accountId,
    mailboxId,
  );
  return row === undefined ? undefined : toMailbox(row);
}
