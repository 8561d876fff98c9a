import type { Engine } from './engine.ts';
import type { StoreOptions } from './store-options.ts';
import { blobPlace } from './blob-place.ts';
import { SqliteEngine } from './sqlite/sqlite-engine.ts';
import { startWriter } from './sqlite/start-writer.ts';
import type { StartedWriter } from './sqlite/start-writer.ts';

/**
 * The database that the options name, with its schema brought up to date. `writer`: of SQLite, when it was started already.
 * @throws DatabaseTooNew, DatabaseUnavailable
 */
export async function openEngine(options: StoreOptions, writer?: StartedWriter): Promise<Engine> {
  const { databaseUrl, log } = options;
  const blobs = blobPlace(options);
  if (databaseUrl === undefined) return SqliteEngine.open(writer ?? startWriter(options));
  // Servers on SQLite do without the other client.
  const { PostgresEngine } = await import('./postgres/postgres-engine.ts');
  return PostgresEngine.open({ url: databaseUrl, blobs, ...(log === undefined ? {} : { log }) });
}
