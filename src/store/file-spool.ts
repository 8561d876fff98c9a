import { randomUUID } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Spool, Spooled, SpoolLimits } from './spool.ts';
import { StorageFull } from './store.ts';

/** A message up to this size stays in memory and its octets in the database; a larger one becomes a file. */
export const inMemoryBytes = 256 * 1024;
/** Buffers start this large: most mail fits. */
const firstBufferBytes = 8 * 1024;

/** Collects one message: in one growing buffer while small, then in a file in the temporary folder. */
export class FileSpool implements Spool {
  readonly #dir: string;
  readonly #maxBytes: number;
  /** What is announced is believed only once the first buffer is full: an announcement alone must not cost memory. */
  readonly #expectedBytes: number;
  #buffer: Buffer;
  #buffered = 0;
  #file: { readonly handle: FileHandle; readonly path: string } | undefined;
  #head: Uint8Array | undefined;
  sizeBytes = 0;

  constructor(dir: string, { maxBytes, expectedBytes = 0 }: SpoolLimits) {
    this.#dir = dir;
    this.#maxBytes = maxBytes;
    this.#expectedBytes = Math.min(expectedBytes, inMemoryBytes);
    const isSmall = expectedBytes > 0 && expectedBytes < firstBufferBytes;
    this.#buffer = Buffer.allocUnsafeSlow(isSmall ? expectedBytes : firstBufferBytes);
  }

  head(): Uint8Array {
    return this.#head ?? this.#buffer.subarray(0, this.#buffered);
  }

  write(octets: Uint8Array): 'kept' | 'too-large' | Promise<'kept' | 'too-large'> {
    this.sizeBytes += octets.length;
    if (this.sizeBytes > this.#maxBytes) return 'too-large';
    if (this.#file === undefined && this.sizeBytes <= inMemoryBytes) {
      this.#keepInMemory(octets);
      return 'kept';
    }
    return this.#keepInFile(octets);
  }

  async finish(): Promise<Spooled> {
    if (this.#file !== undefined) {
      await this.#file.handle.close();
      return { kind: 'file', path: this.#file.path, sizeBytes: this.sizeBytes };
    }
    // A buffer of its own, exactly as long as the message, can change threads without a copy.
    if (this.#buffered === this.#buffer.length) {
      const { buffer, byteOffset, length } = this.#buffer;
      return { kind: 'octets', octets: new Uint8Array(buffer, byteOffset, length), owned: true };
    }
    const octets = new Uint8Array(this.#buffered);
    octets.set(this.#buffer.subarray(0, this.#buffered));
    return { kind: 'octets', octets, owned: true };
  }

  async discard(): Promise<void> {
    this.#buffer = Buffer.alloc(0);
    this.#buffered = 0;
    if (this.#file === undefined) return;
    const { handle, path } = this.#file;
    await handle.close().catch(() => undefined);
    await rm(path, { force: true });
  }

  #keepInMemory(octets: Uint8Array): void {
    const needed = this.#buffered + octets.length;
    if (needed > this.#buffer.length) {
      const doubled = Math.max(needed, this.#buffer.length * 2, firstBufferBytes);
      const larger = Buffer.allocUnsafeSlow(needed <= this.#expectedBytes ? this.#expectedBytes : doubled);
      larger.set(this.#buffer.subarray(0, this.#buffered));
      this.#buffer = larger;
    }
    this.#buffer.set(octets, this.#buffered);
    this.#buffered += octets.length;
  }

  async #keepInFile(octets: Uint8Array): Promise<'kept'> {
    try {
      if (this.#file === undefined) {
        const path = join(this.#dir, randomUUID());
        this.#file = { handle: await open(path, 'wx', 0o600), path };
        const start = this.#buffer.subarray(0, this.#buffered);
        this.#head = start;
        await writeAll(this.#file.handle, start);
        this.#buffer = Buffer.alloc(0);
        this.#buffered = 0;
      }
      await writeAll(this.#file.handle, octets);
      return 'kept';
    } catch (error) {
      if (isNoSpace(error)) throw new StorageFull('the disk of the data directory is full', { cause: error });
      throw error;
    }
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
