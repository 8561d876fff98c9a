import { inflateRawSync } from 'node:zlib';
import type { BlobStore } from './blob-store.ts';
import type { Engine } from './engine.ts';
import type { AccountId, EmailId } from './ids.ts';
import type { MessageReader } from './message-reader.ts';
import { blobEncoding, deflateOptions } from './prepare-message.ts';
import { first } from './sql/statement.ts';

/** See `Store.openMessage`. */
export async function openMessage(
  engine: Engine,
  blobs: BlobStore,
  accountId: AccountId,
  emailId: EmailId,
): Promise<MessageReader | undefined> {
  const row = await engine.read(
    first(
      'SELECT m.prefix, m.part_map, b.size_bytes, b.encoding, b.octets, b.hash FROM email m CROSS JOIN blob b ' +
        'WHERE m.id = ? AND m.account_id = ? AND b.id = m.blob_id',
      ...[emailId, accountId],
    ),
  );
  if (row === undefined) return undefined;
  const [prefix, partMap, sizeBytes, encoding, octets, hash] = row;
  const common = { prefix: Buffer.from(String(prefix), 'latin1'), partMap: String(partMap), close: () => undefined };
  if (Number(encoding) === blobEncoding.blobStore) {
    const key = hash instanceof Uint8Array ? Buffer.from(hash).toString('hex') : '';
    const originalBytes = Number(sizeBytes);
    return { ...common, originalBytes, read: (start, end) => blobs.read(key, start, Math.min(end, originalBytes)) };
  }
  const original = unpackBlob(
    Number(encoding),
    octets instanceof Uint8Array ? octets : new Uint8Array(),
    Number(sizeBytes),
  );
  return {
    ...common,
    originalBytes: original.length,
    read: (start, end) => Promise.resolve(original.subarray(start, Math.max(start, end))),
  };
}

/** The octets of a blob that lies in the database; `sizeBytes` is its size when unpacked. */
export function unpackBlob(encoding: number, octets: Uint8Array, sizeBytes: number): Uint8Array {
  if (encoding !== blobEncoding.deflate) return octets;
  // One buffer of the right size instead of growing ones makes it twice as fast.
  return inflateRawSync(octets, { windowBits: deflateOptions.windowBits, chunkSize: Math.max(64, sizeBytes + 1) });
}
