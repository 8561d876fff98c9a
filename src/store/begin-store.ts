import { mkdirSync } from 'node:fs';
import { startWriter } from './sqlite/start-writer.ts';
import type { StoreOptions } from './store-options.ts';
import type { Store } from './store.ts';

/**
 * As `openStore`, for the start of a server: the thread that writes is begun at once, and all else of the store is loaded
 * while it gets ready. @throws as `openStore`
 */
export async function beginStore(options: StoreOptions): Promise<Store> {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const writer = options.databaseUrl === undefined ? startWriter(options) : undefined;
  const { openStore } = await import('./open-store.ts');
  return openStore(options, writer);
}
