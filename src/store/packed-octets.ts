import { promisify } from 'node:util';
import { constants, gunzip, gunzipSync, zstdCompressSync, zstdDecompress, zstdDecompressSync } from 'node:zlib';
import { blobEncoding } from './blob-encoding.ts';

const gunzipElsewhere = promisify(gunzip);
const zstdElsewhere = promisify(zstdDecompress);

/** Level 1 is as small as deflate at its level 1, in two thirds of the time. */
const zstdParams = { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 } as const;

/** RFC 1952 section 2.3: magic, deflate, no flags, no time, nothing about the compressor, unknown system. */
const gzipHeader = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
const sizeFieldBytes = 4;

type PackedEncoding = typeof blobEncoding.deflated | typeof blobEncoding.zstd;

export interface PackedOctets {
  /** Its encoding in the database. */
  readonly encoding: PackedEncoding;
  readonly octets: Uint8Array;
  /** Size when unpacked. */
  readonly sizeBytes: number;
}

/** Several can be unpacked together. */
export function isPacked(encoding: number): encoding is PackedEncoding {
  return encoding === blobEncoding.zstd || encoding === blobEncoding.deflated;
}

/**
 * The octets as one frame with a checksum and the size (RFC 8878 section 3.1), to be kept as `blobEncoding.zstd`. Undefined
 * when that saves less than a tenth.
 */
export function packOctets(octets: Uint8Array): Uint8Array | undefined {
  const packed = zstdCompressSync(octets, {
    params: zstdParams,
    pledgedSrcSize: octets.length,
    chunkSize: Math.max(1024, octets.length),
  });
  return packed.length >= octets.length * 0.9 ? undefined : packed;
}

/**
 * The octets again.
 * @throws the error of zlib when they are damaged.
 */
export function unpackOctets(packed: PackedOctets): Uint8Array {
  const [batch] = batchesOf([packed]);
  const unpacked = batch === undefined ? Buffer.alloc(0) : unpackBatch(batch);
  if (unpacked.length !== packed.sizeBytes) throw new RangeError('packed octets do not have the size that was stored');
  return unpacked;
}

/**
 * Several at once: one behind the other they need one decompressor between them, which takes half the time or less. Undefined
 * where one is damaged: then `unpackOctets` tells which.
 */
export function unpackTogether(all: readonly PackedOctets[]): readonly Uint8Array[] | undefined {
  try {
    const batches = batchesOf(all);
    return cut(batches, batches.map(unpackBatch));
  } catch {
    return undefined;
  }
}

/** As `unpackTogether`, on a thread of the pool: to ask for it costs as much as to unpack ten messages, so only for many. Never rejects. */
export async function unpackElsewhere(all: readonly PackedOctets[]): Promise<readonly Uint8Array[] | undefined> {
  try {
    const batches = batchesOf(all);
    return cut(batches, await Promise.all(batches.map(unpackBatchElsewhere)));
  } catch {
    return undefined;
  }
}

/** Octets of one encoding, one behind the other. */
interface Batch {
  readonly encoding: PackedEncoding;
  /** Where each stood among all, and its size when unpacked. */
  readonly members: (readonly [place: number, sizeBytes: number])[];
  readonly pieces: Uint8Array[];
  sizeBytes: number;
}

/** Most often one; two where mail from before zstd is among them. */
function batchesOf(all: readonly PackedOctets[]): readonly Batch[] {
  const batches = new Map<PackedEncoding, Batch>();
  for (const [place, { encoding, octets, sizeBytes }] of all.entries()) {
    let batch = batches.get(encoding);
    if (batch === undefined) batches.set(encoding, (batch = { encoding, members: [], pieces: [], sizeBytes: 0 }));
    batch.members.push([place, sizeBytes]);
    batch.sizeBytes += sizeBytes;
    // Frames of zstd follow each other as they are (RFC 8878 section 3); of what was deflated, members of gzip are made.
    if (encoding === blobEncoding.zstd) batch.pieces.push(octets);
    else batch.pieces.push(gzipHeader, octets, sizeField(sizeBytes));
  }
  return [...batches.values()];
}

/** The size modulo 2^32, the end of a gzip member (RFC 1952 section 2.2). What was deflated has its CRC-32 behind it already. */
function sizeField(sizeBytes: number): Buffer {
  const size = Buffer.allocUnsafe(sizeFieldBytes);
  size.writeUInt32LE(sizeBytes % 2 ** 32);
  return size;
}

function unpackBatch({ encoding, pieces, sizeBytes }: Batch): Buffer {
  const unpack = encoding === blobEncoding.zstd ? zstdDecompressSync : gunzipSync;
  return unpack(Buffer.concat(pieces), { chunkSize: chunkFor(sizeBytes) });
}

function unpackBatchElsewhere({ encoding, pieces, sizeBytes }: Batch): Promise<Buffer> {
  const unpack = encoding === blobEncoding.zstd ? zstdElsewhere : gunzipElsewhere;
  return unpack(Buffer.concat(pieces), { chunkSize: chunkFor(sizeBytes) });
}

/** Room for all, and for zlib to see that no more comes. */
function chunkFor(sizeBytes: number): number {
  return Math.max(64, sizeBytes + 1);
}

/** Each member in its place among all. */
function cut(batches: readonly Batch[], unpacked: readonly Buffer[]): readonly Uint8Array[] | undefined {
  const all: Uint8Array[] = [];
  for (const [at, batch] of batches.entries()) {
    const octets = unpacked[at];
    if (octets?.length !== batch.sizeBytes) return undefined;
    let start = 0;
    for (const [place, sizeBytes] of batch.members) all[place] = octets.subarray(start, (start += sizeBytes));
  }
  return all;
}
