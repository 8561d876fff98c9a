import { first, type Operation } from '../../sql/statement.ts';
import { deleteUnnamedBlob } from '../delete-unnamed-blob.ts';
import type { OperationContext } from '../operation-context.ts';

/** Removes those of these outgoing messages that have no recipients left, and their octets when nobody else has them. */
export function* removeEmptyMessages({ dialect }: OperationContext, messageIds: ReadonlySet<number>): Operation<void> {
  const blobIds = new Set<number>();
  for (const id of [...messageIds].sort((a, b) => a - b)) {
    // Two that end its last two recipients at once: the second sees what the first did.
    if (dialect.lockForUpdate !== '')
      yield* first(`SELECT 1 FROM outgoing_message WHERE id = ?${dialect.lockForUpdate}`, id);
    const row = yield* first(
      'DELETE FROM outgoing_message WHERE id = ? AND NOT EXISTS ' +
        '(SELECT 1 FROM outgoing_entry e WHERE e.message_id = outgoing_message.id) RETURNING blob_id',
      id,
    );
    if (row !== undefined) blobIds.add(Number(row[0]));
  }
  for (const blobId of [...blobIds].sort((a, b) => a - b)) yield* deleteUnnamedBlob(dialect, blobId);
}
