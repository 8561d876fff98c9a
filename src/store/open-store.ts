import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openBlobStore } from './blobs/open-blob-store.ts';
import { silentLog } from '../base/log.ts';
import { MailStore } from './mail-store.ts';
import { blobPlace } from './blob-place.ts';
import { openEngine } from './open-engine.ts';
import { SearchIndexer } from './search/search-indexer.ts';
import type { StartedWriter } from './sqlite/start-writer.ts';
import { TextSearch } from './search/text-search.ts';
import type { StoreOptions } from './store-options.ts';
import type { Store } from './store.ts';
import { Sweeper } from './sweeper.ts';

/**
 * Opens the store, and brings its schema up to date. `writer`: of SQLite, when it was started already (`beginStore`).
 * @throws DatabaseTooNew, DatabaseUnavailable; errors of the file system
 */
export async function openStore(options: StoreOptions, writer?: StartedWriter): Promise<Store> {
  const { dataDir } = options;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  emptyFolder(join(dataDir, 'tmp'));
  const engine = await openEngine(options, writer);
  const blobs = openBlobStore(blobPlace(options));
  const log = options.log ?? silentLog;
  const jobs = [new SearchIndexer(engine, { blobs: blobPlace(options) }, log), new Sweeper(engine, blobs, log)];
  return new MailStore({ engine, blobs, dataDir, search: new TextSearch(engine, blobs, blobPlace(options)), jobs });
}

/** What lies here belongs to messages that were never acknowledged. */
function emptyFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(path)) rmSync(join(path, name), { force: true });
}
