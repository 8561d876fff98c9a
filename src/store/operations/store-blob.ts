import { blobEncoding, type PreparedMessage } from '../prepare-message.ts';
import { query, first, type Operation } from '../sql/statement.ts';
import type { OperationContext } from './operation-context.ts';

/** The blob with these octets: the one that is there, or a new one. */
export function* storeBlob(context: OperationContext, message: PreparedMessage): Operation<number> {
  const rows = yield* query('SELECT id, hash, size_bytes FROM blob WHERE hash_prefix = ?', message.hashPrefix);
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
