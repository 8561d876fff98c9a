import type { Written } from '../delta.ts';
import { execute, query, type Operation } from '../sql/statement.ts';
import { deleteUnnamedBlob } from './delete-unnamed-blob.ts';
import type { OperationContext } from './operation-context.ts';

export interface Swept {
  readonly emails: number;
  readonly blobs: number;
}

/** Emails in one transaction: a sweep must not hold up deliveries. */
const perSweep = 200;

/**
 * Removes emails that have been in no mailbox since `orphanedBefore`, and the blobs that no email names. A blob stored
 * after `storedBefore` is left alone: its message may be on its way in.
 */
export function* sweep(
  { dialect }: OperationContext,
  request: { readonly orphanedBefore: number; readonly storedBefore: number },
): Operation<Written<Swept>> {
  const orphans = yield* query(
    'SELECT o.email_id, m.blob_id FROM orphan o LEFT JOIN email m ON m.id = o.email_id WHERE o.orphaned_at < ? ' +
      'ORDER BY o.email_id LIMIT ?',
    ...[request.orphanedBefore, perSweep],
  );
  const blobIds = new Set<number>();
  for (const [emailId, blobId] of orphans) {
    if (blobId !== null && blobId !== undefined) blobIds.add(Number(blobId));
    const id = Number(emailId);
    yield* execute(
      'DELETE FROM tombstone WHERE email_id = ? AND NOT EXISTS (SELECT 1 FROM mailbox b WHERE b.id = mailbox_id)',
      id,
    );
    if (dialect.queuesForSearch) yield* execute('DELETE FROM search_pending WHERE email_id = ?', id);
    yield* execute('DELETE FROM email WHERE id = ?', id);
    yield* execute('DELETE FROM orphan WHERE email_id = ?', id);
  }
  let blobs = 0;
  for (const blobId of [...blobIds].sort((a, b) => a - b)) {
    if (yield* deleteUnnamedBlob(dialect, blobId, request.storedBefore)) blobs += 1;
  }
  return { result: { emails: orphans.length, blobs }, deltas: [] };
}
