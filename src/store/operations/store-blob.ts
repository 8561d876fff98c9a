import { blobEncoding } from '../blob-encoding.ts';
import type { PreparedMessage } from '../prepare-message.ts';
import { query, first, type Operation } from '../sql/statement.ts';
import type { OperationContext } from './operation-context.ts';

const sameHash = 'SELECT id, hash, size_bytes FROM blob WHERE hash_prefix = ?';

/**
 * The blob with these octets: the one that is there (which no sweep can take from now on), or a new one. Where writes run
 * side by side, two that bring the same octets at the same moment make one each: that costs room, not more, and waiting
 * for each other would cost time in every delivery.
 */
export function* storeBlob(context: OperationContext, message: PreparedMessage): Operation<number> {
  const rows = yield* query(sameHash + context.dialect.lockAgainstDelete, message.hashPrefix);
  for (const [id, hash, sizeBytes] of rows) {
    if (hash instanceof Uint8Array && Number(sizeBytes) === message.sizeBytes && sameOctets(hash, message.hash)) {
      return Number(id);
    }
  }
  const octets = message.encoding === blobEncoding.blobStore ? null : message.octets;
  const row = yield* first(
    'INSERT INTO blob (hash_prefix, hash, size_bytes, encoding, stored_at, octets) VALUES (?, ?, ?, ?, ?, ?) RETURNING id',
    message.hashPrefix,
    message.hash,
    message.sizeBytes,
    message.encoding,
    context.nowMs,
    octets,
  );
  return Number(row?.[0]);
}

function sameOctets(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
