import { join } from 'node:path';
import type { Engine } from './engine.ts';
import type { StoreOptions } from './store-options.ts';
import { SqliteEngine } from './sqlite/sqlite-engine.ts';

/** Where large blobs lie: a folder, or an `s3://` address. */
export function blobPlace({ dataDir, blobsUrl }: StoreOptions): string {
  return blobsUrl ?? join(dataDir, 'blobs');
}

/** The database that the options name, with its schema brought up to date. @throws DatabaseTooNew, DatabaseUnavailable */
export async function openEngine(options: StoreOptions): Promise<Engine> {
  const { dataDir, databaseUrl, log } = options;
  const blobs = blobPlace(options);
  if (databaseUrl === undefined) return SqliteEngine.open({ databasePath: join(dataDir, 'posthorn.db'), blobs });
  // Servers on SQLite do without the other client.
  const { PostgresEngine } = await import('./postgres/postgres-engine.ts');
  return PostgresEngine.open({ url: databaseUrl, blobs, ...(log === undefined ? {} : { log }) });
}
