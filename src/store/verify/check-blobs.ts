import { createHash, hash } from 'node:crypto';
import type { BlobStore } from '../blob-store.ts';
import { unpackBlob } from '../open-message.ts';
import { blobEncoding } from '../prepare-message.ts';
import { query, type Operation, type SqlRow } from '../sql/statement.ts';
import type { Problem } from './problem.ts';

const rowsPerRead = 50;
const pieceBytes = 1024 * 1024;

export interface Reader {
  read<T>(operation: Operation<T>): Promise<T>;
}

/** Every blob is there and its octets have its hash. Reads all mail once. */
export async function* checkBlobs(reader: Reader, blobs: BlobStore): AsyncGenerator<Problem> {
  let after = 0;
  for (;;) {
    const rows = await reader.read(
      query(
        'SELECT id, hash, size_bytes, encoding, octets FROM blob WHERE id > ? ORDER BY id LIMIT ?',
        after,
        rowsPerRead,
      ),
    );
    for (const row of rows) {
      const problem = await checkBlob(row, blobs);
      if (problem !== undefined) yield problem;
    }
    if (rows.length < rowsPerRead) return;
    after = Number(rows.at(-1)?.[0]);
  }
}

async function checkBlob(row: SqlRow, blobs: BlobStore): Promise<Problem | undefined> {
  const [id, expected, size, encoding, octets] = row;
  const key = expected instanceof Uint8Array ? Buffer.from(expected).toString('hex') : '';
  const where = `blob ${String(id)}`;
  if (Number(encoding) !== blobEncoding.blobStore) {
    const problem = checkOctets(
      Number(encoding),
      octets instanceof Uint8Array ? octets : new Uint8Array(),
      Number(size),
      key,
    );
    return problem === undefined ? undefined : { rule: 'blob-hash', where, found: problem, repairable: false };
  }
  const stored = await blobs.size(key);
  if (stored === undefined) {
    return { rule: 'blob-missing', where, found: `its octets ${key} are not in the blob store`, repairable: false };
  }
  const digest = createHash('sha256');
  for (let start = 0; start < stored; start += pieceBytes) {
    digest.update(await blobs.read(key, start, Math.min(start + pieceBytes, stored)));
  }
  if (stored === Number(size) && digest.digest('hex') === key) return undefined;
  return { rule: 'blob-hash', where, found: `its octets in the blob store do not hash to ${key}`, repairable: false };
}

function checkOctets(encoding: number, octets: Uint8Array, size: number, key: string): string | undefined {
  try {
    const digest = hash('sha256', unpackBlob(encoding, octets, size), 'hex');
    return digest === key ? undefined : `its octets hash to ${digest}, not ${key}`;
  } catch (error) {
    return `its octets cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`;
  }
}
