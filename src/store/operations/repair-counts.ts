import type { Written } from '../delta.ts';
import { execute, type Operation } from '../sql/statement.ts';
import type { OperationContext } from './operation-context.ts';

const live = 'EXISTS (SELECT 1 FROM entry e WHERE e.email_id = email.id)';
const entriesOf = 'FROM entry e WHERE e.mailbox_id = mailbox.id';

/** Everything that can be counted anew, in the order in which one rests on the other. */
const statements: readonly string[] = [
  'DELETE FROM tombstone WHERE EXISTS (SELECT 1 FROM entry e WHERE e.mailbox_id = tombstone.mailbox_id AND e.uid = tombstone.uid)',
  'UPDATE email SET size_bytes = length(prefix) + (SELECT b.size_bytes FROM blob b WHERE b.id = email.blob_id) ' +
    'WHERE EXISTS (SELECT 1 FROM blob b WHERE b.id = email.blob_id AND email.size_bytes <> b.size_bytes + length(email.prefix))',
  'UPDATE entry SET size_bytes = (SELECT m.size_bytes FROM email m WHERE m.id = entry.email_id) ' +
    'WHERE EXISTS (SELECT 1 FROM email m WHERE m.id = entry.email_id AND m.size_bytes <> entry.size_bytes)',
  `UPDATE mailbox SET total = (SELECT count(*) ${entriesOf}),
    unseen = (SELECT count(*) ${entriesOf} AND e.flags & 1 = 0),
    deleted = (SELECT count(*) ${entriesOf} AND e.flags & 8 <> 0),
    size_bytes = (SELECT coalesce(sum(e.size_bytes), 0) ${entriesOf})`,
  ...['entry', 'tombstone'].flatMap((table) => [
    `UPDATE mailbox SET uid_next = 1 + (SELECT max(e.uid) FROM ${table} e WHERE e.mailbox_id = mailbox.id)
      WHERE EXISTS (SELECT 1 FROM ${table} e WHERE e.mailbox_id = mailbox.id AND e.uid >= mailbox.uid_next)`,
    `UPDATE mailbox SET highest_modseq = (SELECT max(e.modseq) FROM ${table} e WHERE e.mailbox_id = mailbox.id)
      WHERE EXISTS (SELECT 1 FROM ${table} e WHERE e.mailbox_id = mailbox.id AND e.modseq > mailbox.highest_modseq)`,
  ]),
  `UPDATE account SET modseq = (SELECT max(b.highest_modseq) FROM mailbox b WHERE b.account_id = account.id)
    WHERE EXISTS (SELECT 1 FROM mailbox b WHERE b.account_id = account.id AND b.highest_modseq > account.modseq)`,
  `UPDATE account SET next_uid_validity = 1 + (SELECT max(b.uid_validity) FROM mailbox b WHERE b.account_id = account.id)
    WHERE EXISTS (SELECT 1 FROM mailbox b WHERE b.account_id = account.id AND b.uid_validity >= account.next_uid_validity)`,
  'DELETE FROM outgoing_message WHERE NOT EXISTS (SELECT 1 FROM outgoing_entry e WHERE e.message_id = outgoing_message.id)',
  'DELETE FROM orphan WHERE EXISTS (SELECT 1 FROM entry e WHERE e.email_id = orphan.email_id)',
  `UPDATE account SET used_bytes = (SELECT coalesce(sum(email.size_bytes), 0) FROM email WHERE email.account_id = account.id AND ${live}),
    emails = (SELECT count(*) FROM email WHERE email.account_id = account.id AND ${live})`,
];

/** Counts everything anew that can be counted, and gives emails without a mailbox to the sweep. */
export function* repairCounts(context: OperationContext, _request: object): Operation<Written<true>> {
  for (const sql of statements) yield* execute(sql);
  yield* execute(
    `INSERT INTO orphan (email_id, account_id, orphaned_at) SELECT id, account_id, CAST(? AS BIGINT) FROM email
      WHERE NOT ${live} ON CONFLICT DO NOTHING`,
    context.nowMs,
  );
  return { result: true, deltas: [] };
}
