import { promisify } from 'node:util';
import { crc32, deflateRawSync, gunzip, gunzipSync } from 'node:zlib';

const gunzipElsewhere = promisify(gunzip);

/** A small window is quicker to set up and enough for small messages. */
const deflateOptions = { level: 1, windowBits: 13, memLevel: 6 } as const;

/** RFC 1952 section 2.3: magic, deflate, no flags, no time, nothing about the compressor, unknown system. */
const gzipHeader = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
const checksumBytes = 4;
const sizeFieldBytes = 4;

export interface PackedOctets {
  /** As `packOctets` made it. */
  readonly octets: Uint8Array;
  /** Size when unpacked. */
  readonly sizeBytes: number;
}

/**
 * Deflates octets and puts their CRC-32 behind (little endian): a gzip member without what is the same in all of them.
 * Undefined when that saves less than a tenth.
 */
export function packOctets(octets: Uint8Array): Uint8Array | undefined {
  const deflated = deflateRawSync(octets, { ...deflateOptions, chunkSize: Math.max(1024, octets.length) });
  if (deflated.length >= octets.length * 0.9) return undefined;
  const packed = Buffer.allocUnsafe(deflated.length + checksumBytes);
  packed.set(deflated);
  packed.writeUInt32LE(crc32(octets), deflated.length);
  return packed;
}

/**
 * The octets again.
 * @throws the error of zlib when they are damaged.
 */
export function unpackOctets(packed: PackedOctets): Uint8Array {
  const members: Uint8Array[] = [];
  addMember(members, packed);
  const unpacked = gunzipSync(Buffer.concat(members), { chunkSize: Math.max(64, packed.sizeBytes + 1) });
  if (unpacked.length !== packed.sizeBytes) throw new RangeError('packed octets do not have the size that was stored');
  return unpacked;
}

/**
 * Several at once: as members of one gzip stream (RFC 1952 section 2.2) they need one decompressor between them, which
 * takes half the time. Undefined where one is damaged: then `unpackOctets` tells which.
 */
export function unpackTogether(all: readonly PackedOctets[]): readonly Uint8Array[] | undefined {
  const { members, totalBytes } = joinMembers(all);
  try {
    return cut(gunzipSync(members, { chunkSize: Math.max(64, totalBytes + 1) }), all, totalBytes);
  } catch {
    return undefined;
  }
}

/** As `unpackTogether`, on a thread of the pool: to ask for it costs as much as to unpack ten messages, so only for many. Never rejects. */
export async function unpackElsewhere(all: readonly PackedOctets[]): Promise<readonly Uint8Array[] | undefined> {
  const { members, totalBytes } = joinMembers(all);
  try {
    return cut(await gunzipElsewhere(members, { chunkSize: Math.max(64, totalBytes + 1) }), all, totalBytes);
  } catch {
    return undefined;
  }
}

function joinMembers(all: readonly PackedOctets[]): { readonly members: Buffer; readonly totalBytes: number } {
  const members: Uint8Array[] = [];
  let totalBytes = 0;
  for (const packed of all) {
    addMember(members, packed);
    totalBytes += packed.sizeBytes;
  }
  return { members: Buffer.concat(members), totalBytes };
}

function cut(unpacked: Buffer, all: readonly PackedOctets[], totalBytes: number): readonly Uint8Array[] | undefined {
  if (unpacked.length !== totalBytes) return undefined;
  let start = 0;
  return all.map(({ sizeBytes }) => unpacked.subarray(start, (start += sizeBytes)));
}

/** Header, deflated octets with their checksum, and the size modulo 2^32. */
function addMember(members: Uint8Array[], { octets, sizeBytes }: PackedOctets): void {
  const size = Buffer.allocUnsafe(sizeFieldBytes);
  size.writeUInt32LE(sizeBytes % 2 ** 32);
  members.push(gzipHeader, octets, size);
}
