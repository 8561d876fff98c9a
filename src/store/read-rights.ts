import type { AccountId, MailboxId } from './ids.ts';
import { combineRights, type MailboxRight, type SharedMailbox } from './mailbox-rights.ts';
import { mailboxColumns, toMailbox } from './operations/mailbox-row.ts';
import { query, type Operation, type SqlRow } from './sql/statement.ts';

/** The access control list of a mailbox, by identifier. */
export function* readRights(accountId: AccountId, mailboxId: MailboxId): Operation<readonly MailboxRight[]> {
  const rows = yield* query(
    'SELECT identifier, grantee_id, rights FROM mailbox_right WHERE mailbox_id = ? AND account_id = ? ORDER BY identifier',
    ...[mailboxId, accountId],
  );
  return rows.map(([identifier, granteeId, rights]) => ({
    identifier: String(identifier),
    granteeId: Number(granteeId) === 0 ? undefined : (Number(granteeId) as AccountId),
    rights: String(rights),
  }));
}

/** Mailboxes of others that an account has rights to, by owner and name; only those of one owner when it is given. */
export function* readShared(granteeId: AccountId, ownerId?: AccountId): Operation<readonly SharedMailbox[]> {
  const ofOwner = ownerId === undefined ? '' : ' AND r.account_id = ?';
  const rows = yield* query(
    `SELECT r.account_id, r.identifier, r.rights, ${mailboxColumns} FROM mailbox_right r CROSS JOIN mailbox m ` +
      `WHERE r.grantee_id IN (?, 0) AND m.id = r.mailbox_id AND r.account_id <> ?${ofOwner} ` +
      'ORDER BY r.account_id, m.name, m.id, r.identifier',
    ...[granteeId, granteeId, ...(ownerId === undefined ? [] : [ownerId])],
  );
  const shared: SharedMailbox[] = [];
  for (let at = 0; at < rows.length;) {
    const group = sameMailbox(rows, at);
    at += group.length;
    const [row] = group;
    const rights = combineRights(group.map((each) => ({ identifier: String(each[1]), rights: String(each[2]) })));
    if (row === undefined || rights === '') continue;
    shared.push({ ownerId: Number(row[0]) as AccountId, mailbox: toMailbox(row.slice(3)), rights });
  }
  return shared;
}

function sameMailbox(rows: readonly SqlRow[], from: number): readonly SqlRow[] {
  const id = rows[from]?.[3];
  let end = from + 1;
  while (end < rows.length && rows[end]?.[3] === id) end++;
  return rows.slice(from, end);
}
