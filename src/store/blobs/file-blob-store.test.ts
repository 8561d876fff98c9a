import { createHash, randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeBlobStore } from './blob-store.contract.ts';
import { FileBlobStore } from './file-blob-store.ts';

const otherFileSystem = '/dev/shm';
let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'posthorn-file-blobs-'));
});
afterAll(() => rm(base, { recursive: true, force: true }));

describeBlobStore('files', async () => new FileBlobStore(join(base, 'not', 'yet', 'there')), 9_000_000);

async function writeBlob(folder: string, octets: Uint8Array): Promise<{ readonly key: string; readonly path: string }> {
  const path = join(folder, randomBytes(8).toString('hex'));
  await writeFile(path, octets);
  return { key: createHash('sha256').update(octets).digest('hex'), path };
}

describe('files in particular', () => {
  test('two levels of folders, readable by the owner alone', async () => {
    const store = new FileBlobStore(join(base, 'levels'));
    const { key, path } = await writeBlob(base, randomBytes(10));
    await store.putFile(key, path);
    await stat(join(base, 'levels', key.slice(0, 2), key.slice(2, 4), key));
    expect((await stat(join(base, 'levels', key.slice(0, 2)))).mode & 0o777).toBe(0o700);
  });

  test('a folder that went away is made again', async () => {
    const dir = join(base, 'vanishing');
    const store = new FileBlobStore(dir);
    const octets = randomBytes(10);
    const first = await writeBlob(base, octets);
    await store.putFile(first.key, first.path);
    await rm(dir, { recursive: true });
    const again = await writeBlob(base, octets);
    await store.putFile(again.key, again.path);
    expect(await store.size(again.key)).toBe(10);
  });

  test('strange files are passed over', async () => {
    const dir = join(base, 'strange');
    await mkdir(join(dir, 'ab', 'cd'), { recursive: true });
    await mkdir(join(dir, 'zz'), { recursive: true });
    await writeFile(join(dir, 'README'), 'x');
    await writeFile(join(dir, 'ab', 'cd', 'notes.txt'), 'x');
    await writeFile(join(dir, 'ab', 'cd', 'f'.repeat(64)), 'in the wrong folder');
    const found = [];
    for await (const entry of new FileBlobStore(dir).list()) found.push(entry);
    expect(found).toEqual([]);
  });

  test.skipIf(!differs(otherFileSystem, tmpdir()))(
    'a file of another file system is copied, and leftovers of copies are cleared',
    async () => {
      const dir = join(base, 'copied');
      await mkdir(join(dir, 'incoming'), { recursive: true });
      const [old, young] = [join(dir, 'incoming', 'old'), join(dir, 'incoming', 'young')];
      await writeFile(old, 'left by a crash');
      await writeFile(young, 'perhaps still in use');
      await utimes(old, 1, 1);
      const elsewhere = await mkdtemp(join(otherFileSystem, 'posthorn-'));
      try {
        const store = new FileBlobStore(dir);
        const { key, path } = await writeBlob(elsewhere, randomBytes(100));
        await store.putFile(key, path);
        expect(await store.size(key)).toBe(100);
        expect(await readdir(elsewhere)).toEqual([]);
        expect(await readdir(join(dir, 'incoming'))).toEqual(['young']);
      } finally {
        await rm(elsewhere, { recursive: true });
      }
    },
  );
});

function differs(one: string, other: string): boolean {
  try {
    return statSync(one).dev !== statSync(other).dev;
  } catch {
    return false;
  }
}
