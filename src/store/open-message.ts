import { inflateRawSync } from 'node:zlib';
import type { BlobStore } from './blob-store.ts';
import type { Engine } from './engine.ts';
import type { AccountId, EmailId } from './ids.ts';
import type { MessageReader } from './message-reader.ts';
import { blobEncoding, deflateOptions } from './prepare-message.ts';
import { first, type Operation, type SqlRow } from './sql/statement.ts';

/** See `Store.openMessage`. */
export async function openMessage(
  engine: Engine,
  blobs: BlobStore,
  accountId: AccountId,
  emailId: EmailId,
): Promise<MessageReader | undefined> {
  const row = await engine.read(first(selectMessage, emailId, accountId));
  return row === undefined ? undefined : toReader(row, blobs);
}

/** See `Store.openMessages`. */
export async function openMessages(
  engine: Engine,
  blobs: BlobStore,
  accountId: AccountId,
  emailIds: readonly EmailId[],
): Promise<readonly (MessageReader | undefined)[]> {
  const rows = await engine.read(readMessages(accountId, emailIds));
  return rows.map((row) => (row === undefined ? undefined : toReader(row, blobs)));
}

const selectMessage =
  'SELECT m.prefix, m.part_map, b.size_bytes, b.encoding, b.octets, b.hash FROM email m CROSS JOIN blob b ' +
  'WHERE m.id = ? AND m.account_id = ? AND b.id = m.blob_id';

function* readMessages(accountId: AccountId, emailIds: readonly EmailId[]): Operation<readonly (SqlRow | undefined)[]> {
  const rows: (SqlRow | undefined)[] = [];
  for (const emailId of emailIds) rows.push(yield* first(selectMessage, emailId, accountId));
  return rows;
}

function toReader(row: SqlRow, blobs: BlobStore): MessageReader {
  const [prefix, partMap, size, encoding, octets, hash] = row;
  const originalBytes = Number(size);
  const common = {
    prefix: Buffer.from(String(prefix), 'latin1'),
    partMap: String(partMap),
    originalBytes,
    close: () => undefined,
  };
  if (Number(encoding) === blobEncoding.blobStore) {
    const key = hash instanceof Uint8Array ? Buffer.from(hash).toString('hex') : '';
    return { ...common, read: (start, end) => blobs.read(key, start, Math.min(end, originalBytes)) };
  }
  const stored = octets instanceof Uint8Array ? octets : new Uint8Array();
  let original: Uint8Array | undefined;
  return {
    ...common,
    // Unpacked when its turn comes: a message that is skipped costs nothing.
    read(start, end) {
      original ??= unpackBlob(Number(encoding), stored, originalBytes);
      return Promise.resolve(original.subarray(start, Math.max(start, end)));
    },
  };
}

/** The octets of a blob that lies in the database; `sizeBytes` is its size when unpacked. */
export function unpackBlob(encoding: number, octets: Uint8Array, sizeBytes: number): Uint8Array {
  if (encoding !== blobEncoding.deflate) return octets;
  // One buffer of the right size instead of growing ones makes it twice as fast.
  return inflateRawSync(octets, { windowBits: deflateOptions.windowBits, chunkSize: Math.max(64, sizeBytes + 1) });
}
