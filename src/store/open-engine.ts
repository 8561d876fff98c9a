import { join } from 'node:path';
import type { Engine } from './engine.ts';
import type { StoreOptions } from './open-store.ts';
import { SqliteEngine } from './sqlite/sqlite-engine.ts';

/** Where large blobs lie: a folder, or an `s3://` address. */
export function blobPlace({ dataDir, blobsUrl }: StoreOptions): string {
  return blobsUrl ?? join(dataDir, 'blobs');
}

/** The database that the options name, with its schema brought up to date. @throws DatabaseTooNew */
export function openEngine(options: StoreOptions): Promise<Engine> {
  return SqliteEngine.open({ databasePath: join(options.dataDir, 'posthorn.db'), blobs: blobPlace(options) });
}
