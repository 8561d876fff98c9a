import type { Dialect } from '../sql/dialect.ts';
import { execute, first, type Operation } from '../sql/statement.ts';

/**
 * Deletes a blob that no email and no outgoing message names; not one stored at or after `storedBefore`. True: it is gone.
 * Octets in the blob store are left to `Sweeper.removeStrayBlobs`.
 */
export function* deleteUnnamedBlob(
  dialect: Dialect,
  blobId: number,
  storedBefore: number = Number.MAX_SAFE_INTEGER,
): Operation<boolean> {
  // Waits for those that are about to name it: the next statement sees their rows.
  if (dialect.lockForUpdate !== '') yield* execute(`SELECT 1 FROM blob WHERE id = ?${dialect.lockForUpdate}`, blobId);
  const gone = yield* first(
    'DELETE FROM blob WHERE id = ? AND stored_at < ? AND NOT EXISTS (SELECT 1 FROM email m WHERE m.id = blob.id AND m.blob_id = blob.id) ' +
      'AND NOT EXISTS (SELECT 1 FROM email m WHERE m.blob_id = blob.id AND m.blob_id <> m.id) ' +
      'AND NOT EXISTS (SELECT 1 FROM outgoing_message o WHERE o.blob_id = blob.id) RETURNING id',
    ...[blobId, storedBefore],
  );
  return gone !== undefined;
}
