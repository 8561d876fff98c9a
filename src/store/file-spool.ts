import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { MemoryShare } from './memory-share.ts';
import type { Spool, Spooled, SpoolLimits } from './spool.ts';
import { StorageFull } from './store.ts';

/** A message up to this size stays in memory and its octets in the database; a larger one becomes a file. */
export const inMemoryBytes = 256 * 1024;
/** Buffers start this large: most mail fits. */
const firstBufferBytes = 8 * 1024;
/** What all messages that are on their way in may take beyond their first buffers: ten thousand slow clients do not fill the memory. */
const forAll = new MemoryShare(64 * 1024 * 1024);

/**
 * Collects one message: in one growing buffer while small, then in a file in the temporary folder. A buffer that has been
 * outgrown is given back at once: left to the garbage collector, those of a message of 100 kB are four times its size, and
 * bring a full collection each few dozen messages.
 */
export class FileSpool implements Spool {
  readonly #dir: string;
  readonly #maxBytes: number;
  /** What is announced is believed only once the first buffer is full: an announcement alone must not cost memory. */
  readonly #expectedBytes: number;
  #buffer: Uint8Array<ArrayBuffer>;
  #buffered = 0;
  #file: { readonly handle: FileHandle; readonly path: string } | undefined;
  #head: Uint8Array | undefined;
  readonly #share: MemoryShare;
  #takenBytes = 0;
  sizeBytes = 0;

  constructor(dir: string, { maxBytes, expectedBytes = 0 }: SpoolLimits, share = forAll) {
    this.#share = share;
    this.#dir = dir;
    this.#maxBytes = maxBytes;
    this.#expectedBytes = Math.min(expectedBytes, inMemoryBytes);
    const isSmall = expectedBytes > 0 && expectedBytes < firstBufferBytes;
    this.#buffer = unshared(isSmall ? expectedBytes : firstBufferBytes);
  }

  head(): Uint8Array {
    if (this.#file === undefined) return this.#buffer.subarray(0, this.#buffered);
    return (this.#head ??= readStart(this.#file.path, Math.min(this.sizeBytes, inMemoryBytes)));
  }

  write(octets: Uint8Array): 'kept' | 'too-large' | Promise<'kept' | 'too-large'> {
    this.sizeBytes += octets.length;
    if (this.sizeBytes > this.#maxBytes) return 'too-large';
    if (this.#file === undefined && this.sizeBytes <= inMemoryBytes && this.#grow(this.sizeBytes)) {
      this.#buffer.set(octets, this.#buffered);
      this.#buffered = this.sizeBytes;
      return 'kept';
    }
    return this.#keepInFile(octets);
  }

  async finish(): Promise<Spooled> {
    this.#giveBack();
    if (this.#file !== undefined) {
      await this.#file.handle.close();
      return { kind: 'file', path: this.#file.path, sizeBytes: this.sizeBytes };
    }
    // A buffer of its own, exactly as long as the message, can change threads without a copy.
    const octets =
      this.#buffered === this.#buffer.length ? this.#buffer : resized(this.#buffer, this.#buffered, this.#buffered);
    this.#buffer = octets;
    return { kind: 'octets', octets, owned: true };
  }

  async discard(): Promise<void> {
    this.#drop();
    if (this.#file === undefined) return;
    const { handle, path } = this.#file;
    await handle.close().catch(() => undefined);
    await rm(path, { force: true });
  }

  /** Makes room for so many octets in all; false when there is none in memory. */
  #grow(needed: number): boolean {
    const has = this.#buffer.length;
    if (needed <= has) return true;
    const doubled = Math.max(needed, has * 2, firstBufferBytes);
    const room = needed <= this.#expectedBytes ? this.#expectedBytes : doubled;
    if (!this.#share.take(room - has)) return false;
    this.#takenBytes += room - has;
    this.#buffer = resized(this.#buffer, this.#buffered, room);
    return true;
  }

  #giveBack(): void {
    this.#share.give(this.#takenBytes);
    this.#takenBytes = 0;
  }

  #drop(): void {
    this.#buffer = new Uint8Array(0);
    this.#buffered = 0;
    this.#giveBack();
  }

  async #keepInFile(octets: Uint8Array): Promise<'kept'> {
    try {
      if (this.#file === undefined) {
        const path = join(this.#dir, randomUUID());
        this.#file = { handle: await open(path, 'wx', 0o600), path };
        await writeAll(this.#file.handle, this.#buffer.subarray(0, this.#buffered));
        this.#drop();
      }
      await writeAll(this.#file.handle, octets);
      return 'kept';
    } catch (error) {
      if (isNoSpace(error)) throw new StorageFull('the disk of the data directory is full', { cause: error });
      throw error;
    }
  }
}

/** In memory of its own, not cleared. */
function unshared(length: number): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset } = Buffer.allocUnsafeSlow(length);
  return new Uint8Array(buffer, byteOffset, length);
}

/** The first octets in a buffer of another length; the old one is gone. */
function resized(old: Uint8Array<ArrayBuffer>, used: number, length: number): Uint8Array<ArrayBuffer> {
  const larger = unshared(length);
  larger.set(old.subarray(0, used));
  if (old.buffer.byteLength > 0) old.buffer.transfer(0);
  return larger;
}

/** The first octets of a file. */
function readStart(path: string, length: number): Uint8Array {
  const octets = new Uint8Array(length);
  const file = openSync(path, 'r');
  try {
    let read = 0;
    for (let more = length; more > 0 && read < length; read += more)
      more = readSync(file, octets, read, length - read, read);
    return octets.subarray(0, read);
  } finally {
    closeSync(file);
  }
}

async function writeAll(handle: FileHandle, octets: Uint8Array): Promise<void> {
  for (let offset = 0; offset < octets.length;) {
    const { bytesWritten } = await handle.write(octets, offset, octets.length - offset);
    offset += bytesWritten;
  }
}

function isNoSpace(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}
