import type { Delta, Written } from '../delta.ts';
import { deleted, seen } from '../flags.ts';
import type { AccountId, MailboxId, ModSeq } from '../ids.ts';
import { execute, first, query, type Operation, type SqlRow } from '../sql/statement.ts';
import type { Copied, CopyOrMove } from '../store.ts';
import type { UidRanges } from '../uid-ranges.ts';
import type { OperationContext } from './operation-context.ts';
import { takeModseq } from './take-modseq.ts';

/** COPY: the emails get entries in another mailbox (or again in the same). Takes no room: nothing is stored twice. */
export function* copy(context: OperationContext, request: CopyOrMove): Operation<Written<Copied>> {
  const uidValidity = yield* findUidValidity(request.accountId, request.to);
  if (uidValidity === undefined) return { result: { ok: false, reason: 'no-such-mailbox' }, deltas: [] };
  const rows = yield* readEntries(request.from, request.uids);
  if (rows.length === 0) return { result: nothingCopied(uidValidity), deltas: [] };
  const modseq = yield* takeModseq(request.accountId);
  const uids = clipRanges(request.uids, rows);
  const delta = yield* addCopies(context, { ...request, uids }, rows, modseq);
  const source = Uint32Array.from(rows, (row) => Number(row[0]));
  return { result: { ok: true, uidValidity, source, destination: delta.uids, modseq }, deltas: [delta] };
}

export function nothingCopied(uidValidity: number): Copied {
  return { ok: true, uidValidity, source: new Uint32Array(), destination: new Uint32Array(), modseq: undefined };
}

export function* findUidValidity(accountId: AccountId, mailboxId: MailboxId): Operation<number | undefined> {
  const row = yield* first('SELECT uid_validity FROM mailbox WHERE id = ? AND account_id = ?', mailboxId, accountId);
  return row === undefined ? undefined : Number(row[0]);
}

/** uid, flags, size, email id, keywords of the entries in these ranges. */
export function* readEntries(mailboxId: MailboxId, ranges: UidRanges): Operation<readonly SqlRow[]> {
  const rows: SqlRow[] = [];
  for (const [from, to] of ranges) {
    const found = yield* query(
      'SELECT uid, flags, size_bytes, email_id, keywords FROM entry WHERE mailbox_id = ? AND uid BETWEEN ? AND ? ORDER BY uid',
      ...[mailboxId, from, to],
    );
    for (const row of found) rows.push(row);
  }
  return rows;
}

/** The ranges up to the last of the entries found, so that they never take in entries made by the same operation. */
export function clipRanges(ranges: UidRanges, rows: readonly SqlRow[]): UidRanges {
  const last = Number(rows.at(-1)?.[0] ?? 0);
  return ranges.filter(([from]) => from <= last).map(([from, to]) => [from, Math.min(to, last)] as const);
}

/** Gives each of `rows` (all entries of the ranges) a new entry in `to`, with uids in the same order. */
export function* addCopies(
  context: OperationContext,
  request: {
    readonly accountId: AccountId;
    readonly from: MailboxId;
    readonly to: MailboxId;
    readonly uids: UidRanges;
  },
  rows: readonly SqlRow[],
  modseq: ModSeq,
): Operation<Extract<Delta, { kind: 'added' }>> {
  const sum = (value: (row: SqlRow) => number) => rows.reduce((total, row) => total + value(row), 0);
  const counted = yield* first(
    'UPDATE mailbox SET uid_next = uid_next + ?, total = total + ?, unseen = unseen + ?, deleted = deleted + ?, ' +
      'size_bytes = size_bytes + ?, highest_modseq = ? WHERE id = ? RETURNING uid_next',
    ...[rows.length, rows.length, sum((row) => ((Number(row[1]) & seen) === 0 ? 1 : 0))],
    ...[sum((row) => ((Number(row[1]) & deleted) === 0 ? 0 : 1)), sum((row) => Number(row[2])), modseq, request.to],
  );
  const firstUid = Number(counted?.[0]) - rows.length;
  let next = firstUid;
  for (const [from, to] of request.uids) {
    const inRange = countInRange(rows, from, to);
    if (inRange === 0) continue;
    yield* execute(
      'INSERT INTO entry (mailbox_id, uid, email_id, flags, keywords, modseq, created_modseq, saved_at, size_bytes, received_at) ' +
        'SELECT CAST(? AS BIGINT), CAST(? AS BIGINT) + row_number() OVER (ORDER BY uid) - 1, email_id, flags, keywords, ' +
        'CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), size_bytes, received_at ' +
        'FROM entry WHERE mailbox_id = ? AND uid BETWEEN ? AND ?',
      ...[request.to, next, modseq, modseq, context.nowMs, request.from, from, to],
    );
    next += inRange;
  }
  return {
    kind: 'added',
    accountId: request.accountId,
    mailboxId: request.to,
    modseq,
    uids: Uint32Array.from(rows, (_row, index) => firstUid + index),
    emailIds: Float64Array.from(rows, (row) => Number(row[3])),
    flags: Uint32Array.from(rows, (row) => Number(row[1])),
    keywords: rows.some((row) => row[4] !== '') ? rows.map((row) => String(row[4])) : undefined,
  };
}

function countInRange(rows: readonly SqlRow[], from: number, to: number): number {
  return lowerBound(rows, to + 1) - lowerBound(rows, from);
}

function lowerBound(rows: readonly SqlRow[], uid: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (Number(rows[middle]?.[0]) < uid) low = middle + 1;
    else high = middle;
  }
  return low;
}
