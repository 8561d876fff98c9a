import { createHash, hash } from 'node:crypto';
import { MessageScanner } from '../../mime/scan-message.ts';
import { selectUsualFields } from '../../mime/usual-fields.ts';
import type { BlobStore } from '../blob-store.ts';
import { threadFactsOf } from '../fill-thread-facts.ts';
import { unpackBlob } from '../open-message.ts';
import { blobEncoding } from '../blob-encoding.ts';
import { query, type Operation, type SqlRow } from '../sql/statement.ts';
import type { Problem } from './problem.ts';

const rowsPerRead = 50;
const pieceBytes = 1024 * 1024;
const noOctets = new Uint8Array(0);

export interface Reader {
  read<T>(operation: Operation<T>): Promise<T>;
}

/**
 * Every blob is there and its octets have its hash, and what emails keep of it is what it says (the columns may be empty:
 * then it is opened when they are asked for). Reads all mail once.
 */
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
      const { problem, head } = await checkBlob(row, blobs);
      if (problem !== undefined) yield problem;
      else yield* checkKept(reader, Number(row[0]), head);
    }
    if (rows.length < rowsPerRead) return;
    after = Number(rows.at(-1)?.[0]);
  }
}

interface Checked {
  readonly problem: Problem | undefined;
  /** The first octets, with the header. */
  readonly head: Uint8Array;
}

async function checkBlob(row: SqlRow, blobs: BlobStore): Promise<Checked> {
  const [id, expected, size, encoding, octets] = row;
  const key = expected instanceof Uint8Array ? Buffer.from(expected).toString('hex') : '';
  const broken = (rule: 'blob-hash' | 'blob-missing', found: string): Checked => ({
    problem: { rule, where: `blob ${String(id)}`, found, repairable: false },
    head: noOctets,
  });
  if (Number(encoding) !== blobEncoding.blobStore) {
    const stored = octets instanceof Uint8Array ? octets : noOctets;
    try {
      const head = unpackBlob(Number(encoding), stored, Number(size));
      const digest = hash('sha256', head, 'hex');
      return digest === key
        ? { problem: undefined, head }
        : broken('blob-hash', `its octets hash to ${digest}, not ${key}`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return broken('blob-hash', `its octets cannot be unpacked: ${reason}`);
    }
  }
  const stored = await blobs.size(key);
  if (stored === undefined) return broken('blob-missing', `its octets ${key} are not in the blob store`);
  const digest = createHash('sha256');
  let head: Uint8Array | undefined;
  for (let start = 0; start < stored; start += pieceBytes) {
    const piece = await blobs.read(key, start, Math.min(start + pieceBytes, stored));
    head ??= piece;
    digest.update(piece);
  }
  if (stored !== Number(size) || digest.digest('hex') !== key)
    return broken('blob-hash', `its octets in the blob store do not hash to ${key}`);
  return { problem: undefined, head: head ?? noOctets };
}

/** What emails keep of this message is what it says. */
async function* checkKept(reader: Reader, blobId: number, head: Uint8Array): AsyncGenerator<Problem> {
  const rows = await reader.read(
    query(
      'SELECT id, threading, usual_fields FROM email WHERE ((id = ? AND blob_id = id) OR (blob_id = ? AND blob_id <> id)) ' +
        'AND (threading IS NOT NULL OR usual_fields IS NOT NULL)',
      ...[blobId, blobId],
    ),
  );
  if (rows.length === 0) return;
  const expected = threadFactsOf(head);
  const { bodyStart } = new MessageScanner().end(head);
  const fields = selectUsualFields(Buffer.from(head.buffer, head.byteOffset, bodyStart).toString('latin1'));
  for (const [id, threading, usualFields] of rows) {
    const where = `email ${String(id)}`;
    if (threading instanceof Uint8Array && Buffer.compare(threading, expected) !== 0) {
      const found = 'what it keeps for THREAD is not what its message says';
      yield { rule: 'threading', where, found, repairable: true };
    }
    if (typeof usualFields === 'string' && usualFields !== fields) {
      const found = 'the header fields that it keeps are not those of its message';
      yield { rule: 'usual-fields', where, found, repairable: true };
    }
  }
}
