import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openBlobStore } from './blobs/open-blob-store.ts';
import { silentLog } from '../base/log.ts';
import { MailStore } from './mail-store.ts';
import { blobPlace, openEngine } from './open-engine.ts';
import { SearchIndexer } from './search/search-indexer.ts';
import { TextSearch } from './search/text-search.ts';
import type { StoreOptions } from './store-options.ts';
import type { Store } from './store.ts';
import { Sweeper } from './sweeper.ts';

/** Opens the store, and brings its schema up to date. @throws DatabaseTooNew, DatabaseUnavailable; errors of the file system */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { dataDir } = options;
  // Nothing is awaited before the thread of the database is started: it gets ready while the caller loads the rest.
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  emptyFolder(join(dataDir, 'tmp'));
  const engine = await openEngine(options);
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
