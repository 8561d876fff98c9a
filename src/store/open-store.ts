import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openBlobStore } from './blobs/open-blob-store.ts';
import type { Engine } from './engine.ts';
import { MailStore } from './mail-store.ts';
import { TextSearch } from './search/text-search.ts';
import { SqliteEngine } from './sqlite/sqlite-engine.ts';
import type { Store } from './store.ts';

export interface StoreOptions {
  /** The data directory: database, large blobs, and messages that are arriving. Made when missing. */
  readonly dataDir: string;
  /** `postgres://…`; undefined: SQLite in the data directory. */
  readonly databaseUrl?: string;
  /** `s3://…` for large messages; undefined: a folder in the data directory. */
  readonly blobsUrl?: string;
}

/** Opens the store, and brings its schema up to date. @throws DatabaseTooNew; errors of the file system */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { dataDir } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const blobPlace = options.blobsUrl ?? join(dataDir, 'blobs');
  await emptyFolder(join(dataDir, 'tmp'));
  const engine = await openEngine(options, blobPlace);
  const blobs = openBlobStore(blobPlace);
  return new MailStore({ engine, blobs, dataDir, search: new TextSearch(engine, blobs), jobs: [] });
}

function openEngine({ dataDir }: StoreOptions, blobs: string): Promise<Engine> {
  return SqliteEngine.open({ databasePath: join(dataDir, 'posthorn.db'), blobs });
}

/** What lies here belongs to messages that were never acknowledged. */
async function emptyFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  for (const name of await readdir(path)) await rm(join(path, name), { force: true });
}
