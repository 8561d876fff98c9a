import { createHash, randomBytes } from 'node:crypto';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BlobStore } from '../blob-store.ts';
import { BlobMissing } from '../blob-store.ts';

/** What every BlobStore does. `open` gives one that is empty. `largeBytes`: a size that takes the path of large files. */
export function describeBlobStore(name: string, open: () => Promise<BlobStore>, largeBytes: number): void {
  describe(`blob store: ${name}`, () => {
    const bench = new Bench();
    beforeAll(() => bench.start(open));
    afterAll(() => bench.stop());
    describeContent(bench, largeBytes);
    describeKeys(bench);
  });
}

/** One store, and files to put into it. */
class Bench {
  #opened: { readonly store: BlobStore; readonly folder: string } | undefined;

  async start(open: () => Promise<BlobStore>): Promise<void> {
    this.#opened = { store: await open(), folder: await mkdtemp(join(tmpdir(), 'posthorn-blobs-')) };
  }

  async stop(): Promise<void> {
    if (this.#opened !== undefined) await rm(this.#opened.folder, { recursive: true, force: true });
  }

  get store(): BlobStore {
    return this.#get().store;
  }

  get folder(): string {
    return this.#get().folder;
  }

  async put(octets: Uint8Array): Promise<{ readonly key: string; readonly path: string }> {
    const key = createHash('sha256').update(octets).digest('hex');
    const path = join(this.folder, randomBytes(8).toString('hex'));
    await writeFile(path, octets);
    await this.store.putFile(key, path);
    return { key, path };
  }

  #get(): { readonly store: BlobStore; readonly folder: string } {
    if (this.#opened === undefined) throw new Error('not started');
    return this.#opened;
  }
}

function describeContent(bench: Bench, largeBytes: number): void {
  describe('content', () => {
    const put = (octets: Uint8Array) => bench.put(octets);

    test('a file goes in, its octets come out, the file is gone', async () => {
      const octets = randomBytes(100_000);
      const { key, path } = await put(octets);
      await expect(access(path)).rejects.toThrow();
      expect(await bench.store.size(key)).toBe(100_000);
      expect(Buffer.from(await bench.store.read(key, 0, 100_000)).equals(octets)).toBe(true);
    });

    test('ranges', async () => {
      const octets = randomBytes(5000);
      const { key } = await put(octets);
      for (const [start, end] of [
        [0, 1],
        [0, 0],
        [1234, 4321],
        [4999, 5000],
        [5000, 5000],
      ] as const) {
        const read = await bench.store.read(key, start, end);
        expect(Buffer.from(read).equals(octets.subarray(start, end)), `${start} to ${end}`).toBe(true);
      }
    });

    test('a range past the end is a blob that is not there, not a shorter answer', async () => {
      const { key } = await put(randomBytes(10));
      await expect(bench.store.read(key, 5, 11)).rejects.toBeInstanceOf(BlobMissing);
      await expect(bench.store.read(key, 10, 11)).rejects.toBeInstanceOf(BlobMissing);
      await expect(bench.store.read(key, 500, 600)).rejects.toBeInstanceOf(BlobMissing);
    });

    test('an empty blob', async () => {
      const { key } = await put(new Uint8Array(0));
      expect(await bench.store.size(key)).toBe(0);
      expect((await bench.store.read(key, 0, 0)).length).toBe(0);
    });

    test('a large file', async () => {
      const octets = randomBytes(largeBytes);
      const { key } = await put(octets);
      expect(await bench.store.size(key)).toBe(largeBytes);
      expect(Buffer.from(await bench.store.read(key, 0, largeBytes)).equals(octets)).toBe(true);
      const tail = await bench.store.read(key, largeBytes - 10, largeBytes);
      expect(Buffer.from(tail).equals(octets.subarray(largeBytes - 10))).toBe(true);
    });

    test('putting it twice is harmless, also at the same time', async () => {
      const octets = randomBytes(3000);
      const [{ key }] = await Promise.all([put(octets), put(octets), put(octets)]);
      await put(octets);
      expect(Buffer.from(await bench.store.read(key, 0, 3000)).equals(octets)).toBe(true);
    });

    test('many at once', async () => {
      const blobs = Array.from({ length: 40 }, () => randomBytes(200));
      const kept = await Promise.all(blobs.map(put));
      for (const [i, { key }] of kept.entries()) {
        expect(Buffer.from(await bench.store.read(key, 0, 200)).equals(blobs[i] ?? Buffer.alloc(0))).toBe(true);
      }
    });
  });
}

function describeKeys(bench: Bench): void {
  describe('keys', () => {
    const put = (octets: Uint8Array) => bench.put(octets);

    test('what is not there', async () => {
      const key = createHash('sha256').update('nothing').digest('hex');
      expect(await bench.store.size(key)).toBeUndefined();
      await expect(bench.store.read(key, 0, 1)).rejects.toBeInstanceOf(BlobMissing);
      await bench.store.remove(key);
    });

    test('what was put lately stays when only old ones are to go', async () => {
      const { key } = await put(randomBytes(51));
      expect(await bench.store.remove(key, Date.now() - 60_000)).toBe(false);
      expect(await bench.store.size(key)).toBe(51);
      expect(await bench.store.remove(key, Date.now() + 60_000)).toBe(true);
      expect(await bench.store.size(key)).toBeUndefined();
    });

    test('removed is gone, and can be put again', async () => {
      const octets = randomBytes(50);
      const { key } = await put(octets);
      await bench.store.remove(key);
      expect(await bench.store.size(key)).toBeUndefined();
      await expect(bench.store.read(key, 0, 1)).rejects.toBeInstanceOf(BlobMissing);
      await put(octets);
      expect(await bench.store.size(key)).toBe(50);
    });

    test('a missing file is an error and leaves no blob', async () => {
      const key = createHash('sha256').update('never written').digest('hex');
      await expect(bench.store.putFile(key, join(bench.folder, 'nowhere'))).rejects.toThrow();
      expect(await bench.store.size(key)).toBeUndefined();
    });

    test('list gives all keys in order, with sizes and times', async () => {
      const before = Date.now();
      const put1 = await put(randomBytes(11));
      const put2 = await put(randomBytes(22));
      const found = [];
      for await (const entry of bench.store.list()) found.push(entry);
      const keys = found.map((entry) => entry.key);
      expect(keys).toEqual(keys.toSorted());
      expect(new Set(keys).size).toBe(keys.length);
      expect(found.find((entry) => entry.key === put1.key)?.sizeBytes).toBe(11);
      const entry2 = found.find((entry) => entry.key === put2.key);
      expect(entry2?.sizeBytes).toBe(22);
      // S3 tells whole seconds.
      expect(entry2?.modifiedAtMs).toBeGreaterThan(before - 2000);
      expect(entry2?.modifiedAtMs).toBeLessThan(Date.now() + 2000);
    });

    test('keys that are none, and ranges that are none, are refused', async () => {
      for (const key of ['', '../../etc/passwd', 'A'.repeat(64), 'a'.repeat(63), `${'a'.repeat(64)}\n`]) {
        await expect(bench.store.size(key)).rejects.toThrow('key of a blob');
        await expect(bench.store.putFile(key, join(bench.folder, 'x'))).rejects.toThrow('key of a blob');
        await expect(bench.store.remove(key)).rejects.toThrow('key of a blob');
      }
      const { key } = await put(randomBytes(10));
      await expect(bench.store.read(key, -1, 3)).rejects.toThrow('range');
      await expect(bench.store.read(key, 3, 2)).rejects.toThrow('range');
      await expect(bench.store.read(key, 0.5, 2)).rejects.toThrow('range');
    });
  });
}
