import { blobEncoding } from '../blob-encoding.ts';
import type { PreparedMessage } from '../prepare-message.ts';
import { execute, first, query, type Operation } from '../sql/statement.ts';
import type { OperationContext } from './operation-context.ts';

export interface StoredBlob {
  readonly id: number;
  /** Nobody has it yet, and an email may take its number: see migration `fewer-leaves`. */
  readonly isNew: boolean;
}

const names = 'hash_prefix, hash, size_bytes, encoding, stored_at, octets';
const sameHash = 'SELECT id, hash, size_bytes FROM blob WHERE hash_prefix = ?';

/**
 * The blob with these octets: the one that is there (which no sweep can take from now on), or a new one. Where writes run
 * side by side, two that bring the same octets at the same moment make one each: that costs room, not more, and waiting
 * for each other would cost time in every delivery.
 */
export function* storeBlob(context: OperationContext, message: PreparedMessage): Operation<StoredBlob> {
  const rows = yield* query(sameHash + context.dialect.lockAgainstDelete, message.hashPrefix);
  for (const [id, hash, sizeBytes] of rows) {
    if (hash instanceof Uint8Array && Number(sizeBytes) === message.sizeBytes && sameOctets(hash, message.hash)) {
      return { id: Number(id), isNew: false };
    }
  }
  const octets = message.encoding === blobEncoding.blobStore ? null : message.octets;
  const columns = [message.hashPrefix, message.hash, message.sizeBytes, message.encoding, context.nowMs, octets];
  if (context.numbers === undefined) {
    const row = yield* first(`INSERT INTO blob (${names}) VALUES (?, ?, ?, ?, ?, ?) RETURNING id`, ...columns);
    return { id: Number(row?.[0]), isNew: true };
  }
  const id = yield* context.numbers.take();
  yield* execute(`INSERT INTO blob (id, ${names}) VALUES (?, ?, ?, ?, ?, ?, ?)`, id, ...columns);
  return { id, isNew: true };
}

function sameOctets(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
