import { randomBytes } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { copyFile, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobStore } from '../blob-store.ts';
import { BlobMissing } from '../blob-store.ts';
import { StorageFull } from '../store.ts';
import { assertBlobKey, assertRange, isBlobKey } from './blob-key.ts';
import { errorCode, makeFolderDurably, syncFolder } from './sync-folder.ts';

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Blobs as files: `DIR/ab/cd/abcd…`, so that no folder gets too large for any file system. A blob appears under its
 * name complete and durable, or not at all.
 */
export class FileBlobStore implements BlobStore {
  readonly #dir: string;
  /** One for each of the 65,536 folders: 1 once it is known to exist durably. */
  readonly #folderReady = new Uint8Array(65_536);
  readonly #foldersUnderWay = new Map<string, Promise<void>>();
  #incomingReady: Promise<string> | undefined;

  /** Nothing is created before the first blob. */
  constructor(dir: string) {
    this.#dir = dir;
  }

  async putFile(key: string, path: string): Promise<void> {
    assertBlobKey(key);
    try {
      await syncFile(path);
      await this.#ensureFolder(key);
      await this.#moveInto(key, path);
      await syncFolder(this.#folderOf(key));
    } catch (error) {
      throw asStorageFull(error, key);
    }
  }

  async read(key: string, start: number, end: number): Promise<Uint8Array> {
    assertBlobKey(key);
    assertRange(start, end);
    const file = await open(this.#pathOf(key), 'r').catch((error: unknown) => {
      throw errorCode(error) === 'ENOENT' ? new BlobMissing(`no file for blob ${key}`) : error;
    });
    try {
      const octets = new Uint8Array(end - start);
      let filled = 0;
      while (filled < octets.length) {
        const { bytesRead } = await file.read(octets, filled, octets.length - filled, start + filled);
        if (bytesRead === 0) throw new BlobMissing(`blob ${key} ends at octet ${start + filled}, before ${end}`);
        filled += bytesRead;
      }
      return octets;
    } finally {
      await file.close();
    }
  }

  async size(key: string): Promise<number | undefined> {
    assertBlobKey(key);
    return (await statIfThere(this.#pathOf(key)))?.size;
  }

  async remove(key: string, modifiedBeforeMs = Number.POSITIVE_INFINITY): Promise<boolean> {
    assertBlobKey(key);
    const path = this.#pathOf(key);
    // Looked at and removed without giving way in between. Not made durable: a blob that comes back after a crash is
    // removed by the next sweep.
    const facts = statSync(path, { throwIfNoEntry: false });
    if (facts !== undefined && facts.mtimeMs >= modifiedBeforeMs) return false;
    rmSync(path, { force: true });
    return true;
  }

  /** In the order of the keys. Files that are not blobs are passed over. */
  async *list(): AsyncIterable<{ readonly key: string; readonly sizeBytes: number; readonly modifiedAtMs: number }> {
    for (const outer of await namesIn(this.#dir, /^[0-9a-f]{2}$/)) {
      for (const inner of await namesIn(join(this.#dir, outer), /^[0-9a-f]{2}$/)) {
        const folder = join(this.#dir, outer, inner);
        for (const key of await namesIn(folder, undefined)) {
          if (!isBlobKey(key) || !key.startsWith(outer + inner)) continue;
          const facts = await statIfThere(join(folder, key));
          if (facts !== undefined) yield { key, sizeBytes: facts.size, modifiedAtMs: facts.mtimeMs };
        }
      }
    }
  }

  #folderOf(key: string): string {
    return join(this.#dir, key.slice(0, 2), key.slice(2, 4));
  }

  #pathOf(key: string): string {
    return join(this.#folderOf(key), key);
  }

  /**
   * Also syncs the folders above once in each process, even when they exist: whoever made them may have died, or may
   * be busy, before they were durable.
   */
  async #ensureFolder(key: string): Promise<void> {
    const slot = Number.parseInt(key.slice(0, 4), 16);
    if (this.#folderReady[slot] === 1) return;
    const folder = this.#folderOf(key);
    let making = this.#foldersUnderWay.get(folder);
    if (making === undefined) {
      making = this.#makeFolder(folder, slot).finally(() => this.#foldersUnderWay.delete(folder));
      this.#foldersUnderWay.set(folder, making);
    }
    await making;
  }

  async #makeFolder(folder: string, slot: number): Promise<void> {
    await makeFolderDurably(folder);
    await syncFolder(join(folder, '..'));
    await syncFolder(this.#dir);
    this.#folderReady[slot] = 1;
  }

  async #moveInto(key: string, path: string): Promise<void> {
    try {
      await rename(path, this.#pathOf(key));
    } catch (error) {
      if (errorCode(error) === 'EXDEV') return this.#copyInto(key, path);
      if (errorCode(error) !== 'ENOENT' || (await statIfThere(path)) === undefined) throw error;
      // Someone removed the folder since: make it again, once.
      this.#folderReady[Number.parseInt(key.slice(0, 4), 16)] = 0;
      await this.#ensureFolder(key);
      await rename(path, this.#pathOf(key));
    }
  }

  /** The file lies on another file system: copy it beside its place first, so that it still appears at once. */
  async #copyInto(key: string, path: string): Promise<void> {
    this.#incomingReady ??= this.#openIncoming().catch((error: unknown) => {
      this.#incomingReady = undefined;
      throw error;
    });
    const copy = join(await this.#incomingReady, `${key}.${randomBytes(6).toString('hex')}`);
    try {
      await copyFile(path, copy);
      await syncFile(copy);
      await rename(copy, this.#pathOf(key));
    } catch (error) {
      await rm(copy, { force: true });
      throw error;
    }
    await syncFolder(this.#folderOf(key));
    await rm(path, { force: true });
  }

  /** What a crash left there is removed once it is a day old. */
  async #openIncoming(): Promise<string> {
    const folder = join(this.#dir, 'incoming');
    await makeFolderDurably(folder);
    for (const name of await namesIn(folder, undefined)) {
      const facts = await statIfThere(join(folder, name));
      if (facts !== undefined && Date.now() - facts.mtimeMs > dayMs) await rm(join(folder, name), { force: true });
    }
    return folder;
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function statIfThere(path: string): Promise<{ readonly size: number; readonly mtimeMs: number } | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function namesIn(folder: string, pattern: RegExp | undefined): Promise<readonly string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => pattern === undefined || pattern.test(name)).toSorted();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function asStorageFull(error: unknown, key: string): unknown {
  const code = errorCode(error);
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new StorageFull(`no room for blob ${key}`, { cause: error });
}
