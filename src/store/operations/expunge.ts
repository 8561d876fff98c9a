import type { Delta, Written } from '../delta.ts';
import { deleted, seen } from '../flags.ts';
import type { AccountId, MailboxId, ModSeq } from '../ids.ts';
import { execute, first, query, type Operation, type SqlRow } from '../sql/statement.ts';
import type { UidRanges } from '../uid-ranges.ts';
import type { OperationContext } from './operation-context.ts';
import { takeModseq } from './take-modseq.ts';

interface ExpungeRequest {
  readonly accountId: AccountId;
  readonly mailboxId: MailboxId;
  readonly uids: UidRanges;
  readonly onlyDeleted: boolean;
}

/** Removes entries; the emails that are in no mailbox any more give their room back at once and are swept later. */
export function* expunge(
  context: OperationContext,
  request: ExpungeRequest,
): Operation<Written<{ readonly uids: Uint32Array; readonly modseq: ModSeq | undefined }>> {
  const mask = request.onlyDeleted ? deleted : 0;
  const rows: SqlRow[] = [];
  for (const [from, to] of request.uids) {
    const found = yield* query(
      'SELECT uid, flags, size_bytes FROM entry WHERE mailbox_id = ? AND uid BETWEEN ? AND ? AND (flags & ?) = ? ORDER BY uid',
      ...[request.mailboxId, from, to, mask, mask],
    );
    for (const row of found) rows.push(row);
  }
  if (rows.length === 0) return { result: { uids: new Uint32Array(), modseq: undefined }, deltas: [] };
  const modseq = yield* takeModseq(request.accountId);
  const delta = yield* removeEntries(context, request, { mask, modseq, rows });
  return { result: { uids: delta.uids, modseq }, deltas: [delta] };
}

/** Removes the entries in these ranges whose flags have `mask`; `rows` are exactly those: uid, flags, size. */
export function* removeEntries(
  context: OperationContext,
  request: { readonly accountId: AccountId; readonly mailboxId: MailboxId; readonly uids: UidRanges },
  { mask, modseq, rows }: { readonly mask: number; readonly modseq: ModSeq; readonly rows: readonly SqlRow[] },
): Operation<Extract<Delta, { kind: 'expunged' }>> {
  for (const [from, to] of request.uids) {
    const range = [request.mailboxId, from, to];
    yield* execute(
      'INSERT INTO tombstone (mailbox_id, uid, email_id, modseq, saved_at, size_bytes, received_at) ' +
        'SELECT mailbox_id, uid, email_id, ?, saved_at, size_bytes, received_at FROM entry ' +
        'WHERE mailbox_id = ? AND uid BETWEEN ? AND ? AND (flags & ?) = ?',
      ...[modseq, ...range, mask, mask],
    );
    yield* execute(
      'DELETE FROM entry WHERE mailbox_id = ? AND uid BETWEEN ? AND ? AND (flags & ?) = ?',
      ...range,
      mask,
      mask,
    );
    yield* orphanEmails(context, request.accountId, range, modseq);
  }
  let unseen = 0;
  let deletedCount = 0;
  let sizeBytes = 0;
  for (const row of rows) {
    const flags = Number(row[1]);
    if ((flags & seen) === 0) unseen += 1;
    if ((flags & deleted) !== 0) deletedCount += 1;
    sizeBytes += Number(row[2]);
  }
  yield* execute(
    'UPDATE mailbox SET total = total - ?, unseen = unseen - ?, deleted = deleted - ?, size_bytes = size_bytes - ?, ' +
      'highest_modseq = ? WHERE id = ?',
    ...[rows.length, unseen, deletedCount, sizeBytes, modseq, request.mailboxId],
  );
  return {
    kind: 'expunged',
    accountId: request.accountId,
    mailboxId: request.mailboxId,
    modseq,
    uids: Uint32Array.from(rows, (row) => Number(row[0])),
  };
}

/** Emails of these fresh tombstones that are in no mailbox any more. */
function* orphanEmails(
  context: OperationContext,
  accountId: AccountId,
  range: readonly number[],
  modseq: ModSeq,
): Operation<void> {
  const alone =
    'FROM tombstone t WHERE t.mailbox_id = ? AND t.uid BETWEEN ? AND ? AND t.modseq = ? ' +
    'AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.email_id = t.email_id)';
  const sums = yield* first(
    `SELECT count(*), coalesce(sum(size_bytes), 0) FROM (SELECT DISTINCT t.email_id, t.size_bytes ${alone} ` +
      'AND NOT EXISTS (SELECT 1 FROM orphan o WHERE o.email_id = t.email_id)) s',
    ...range,
    modseq,
  );
  yield* execute(
    `INSERT INTO orphan (email_id, account_id, orphaned_at) SELECT DISTINCT t.email_id, CAST(? AS BIGINT), CAST(? AS BIGINT) ${alone} ON CONFLICT DO NOTHING`,
    ...[accountId, context.nowMs, ...range, modseq],
  );
  yield* execute(
    'UPDATE account SET used_bytes = used_bytes - ?, emails = emails - ? WHERE id = ?',
    ...[Number(sums?.[1] ?? 0), Number(sums?.[0] ?? 0), accountId],
  );
}
