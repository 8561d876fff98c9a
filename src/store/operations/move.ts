import type { Written } from '../delta.ts';
import type { Operation } from '../sql/statement.ts';
import type { Copied, CopyOrMove } from '../store.ts';
import { addCopies, clipRanges, findUidValidity, nothingCopied, readEntries } from './copy.ts';
import { removeEntries } from './expunge.ts';
import type { OperationContext } from './operation-context.ts';
import { takeModseq } from './take-modseq.ts';

/** MOVE (RFC 6851): a copy and the removal of the originals, in one step and with one modseq. */
export function* move(context: OperationContext, request: CopyOrMove): Operation<Written<Copied>> {
  const uidValidity = yield* findUidValidity(request.accountId, request.to);
  if (uidValidity === undefined) return { result: { ok: false, reason: 'no-such-mailbox' }, deltas: [] };
  const rows = yield* readEntries(request.from, request.uids);
  if (rows.length === 0) return { result: nothingCopied(uidValidity), deltas: [] };
  const modseq = yield* takeModseq(request.accountId);
  const uids = clipRanges(request.uids, rows);
  const added = yield* addCopies(context, { ...request, uids }, rows, modseq);
  const source = { accountId: request.accountId, mailboxId: request.from, uids };
  const removed = yield* removeEntries(context, source, { mask: 0, modseq, rows });
  return {
    result: { ok: true, uidValidity, source: removed.uids, destination: added.uids, modseq },
    deltas: [added, removed],
  };
}
