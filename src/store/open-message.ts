import { inflateRawSync } from 'node:zlib';
import type { BlobStore } from './blob-store.ts';
import type { Engine } from './engine.ts';
import type { AccountId, EmailId } from './ids.ts';
import type { MessageReader } from './message-reader.ts';
import { isPacked, unpackElsewhere, unpackOctets, unpackTogether, type PackedOctets } from './packed-octets.ts';
import { blobEncoding } from './blob-encoding.ts';
import { first, type Operation, type SqlRow } from './sql/statement.ts';

/** See `Store.openMessage`. */
export async function openMessage(
  engine: Engine,
  blobs: BlobStore,
  accountId: AccountId,
  emailId: EmailId,
): Promise<MessageReader | undefined> {
  const row = await engine.read(first(selectMessage, emailId, accountId));
  return row === undefined ? undefined : toReader(row, blobs, new Unpacker());
}

/** See `Store.openMessages`. */
export async function openMessages(
  engine: Engine,
  blobs: BlobStore,
  accountId: AccountId,
  emailIds: readonly EmailId[],
): Promise<readonly (MessageReader | undefined)[]> {
  const rows = await engine.read(readMessages(accountId, emailIds));
  const unpacker = new Unpacker();
  const readers = rows.map((row) => (row === undefined ? undefined : toReader(row, blobs, unpacker)));
  unpacker.begin();
  return readers;
}

/** An outgoing message; undefined when it is gone. */
export async function openOutgoing(
  engine: Engine,
  blobs: BlobStore,
  messageId: number,
): Promise<MessageReader | undefined> {
  const row = await engine.read(
    first(
      'SELECT m.prefix, m.part_map, b.size_bytes, b.encoding, b.octets, b.hash FROM outgoing_message m CROSS JOIN blob b ' +
        'WHERE m.id = ? AND b.id = m.blob_id',
      messageId,
    ),
  );
  return row === undefined ? undefined : toReader(row, blobs, new Unpacker());
}

const selectMessage =
  'SELECT m.prefix, m.part_map, b.size_bytes, b.encoding, b.octets, b.hash FROM email m CROSS JOIN blob b ' +
  'WHERE m.id = ? AND m.account_id = ? AND b.id = m.blob_id';

function* readMessages(accountId: AccountId, emailIds: readonly EmailId[]): Operation<readonly (SqlRow | undefined)[]> {
  const rows: (SqlRow | undefined)[] = [];
  for (const emailId of emailIds) rows.push(yield* first(selectMessage, emailId, accountId));
  return rows;
}

function toReader(row: SqlRow, blobs: BlobStore, unpacker: Unpacker): MessageReader {
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
  const original = unpacker.add(Number(encoding), stored, originalBytes);
  const cut = (start: number, end: number): Uint8Array => original().subarray(start, Math.max(start, end));
  return {
    ...common,
    read: (start, end) => unpacker.underWay?.then(() => cut(start, end)) ?? Promise.resolve(cut(start, end)),
  };
}

/** Octets in all from which blobs are unpacked on another thread, while this one goes on. */
const elsewhereFromBytes = 96 * 1024;

/** Blobs that were read together, unpacked together when the first of them is needed: messages that are skipped cost nothing. */
export class Unpacker {
  readonly #packed: PackedOctets[] = [];
  #unpacked: readonly Uint8Array[] | undefined;
  /** Until this settles the functions must not be called. It never rejects. */
  underWay: Promise<void> | undefined;

  /** Gives the function that yields the octets. */
  add(encoding: number, octets: Uint8Array, sizeBytes: number): () => Uint8Array {
    if (!isPacked(encoding)) return () => unpackBlob(encoding, octets, sizeBytes);
    const packed = { encoding, octets, sizeBytes };
    const place = this.#packed.push(packed) - 1;
    return () => this.#unpack()[place] ?? unpackOctets(packed);
  }

  /** All that were added will be needed soon: many are unpacked on a thread of the pool from now on. */
  begin(): void {
    if (this.#packed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) < elsewhereFromBytes) return;
    this.underWay = unpackElsewhere(this.#packed).then((unpacked) => {
      this.#unpacked = unpacked ?? [];
      this.underWay = undefined;
    });
  }

  /** Empty where one is damaged: the others are unpacked one by one then. */
  #unpack(): readonly Uint8Array[] {
    return (this.#unpacked ??= unpackTogether(this.#packed) ?? []);
  }
}

/** The octets of a blob that lies in the database; `sizeBytes` is its size when unpacked. */
export function unpackBlob(encoding: number, octets: Uint8Array, sizeBytes: number): Uint8Array {
  if (isPacked(encoding)) return unpackOctets({ encoding, octets, sizeBytes });
  return encoding === blobEncoding.deflate ? inflateRawSync(octets) : octets;
}
