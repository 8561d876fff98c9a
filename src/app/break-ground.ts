import type { Log } from '../base/log.ts';
import { beginStore } from '../store/begin-store.ts';
import type { Store } from '../store/store.ts';
import type { LoadedConfig } from './config/loaded-config.ts';
import { lockData } from './lock-data.ts';
import { storeOptions } from './store-options.ts';

/** What a server stands on. */
export interface Ground {
  readonly store: Promise<Store>;
  /** Closes the store, once it is open, and gives the directory back. */
  close(): Promise<void>;
}

/**
 * Takes the data directory and begins to open its store. Apart from `assemble.ts` and light to load, so that the store's
 * threads can start while the faces are still being loaded.
 * @throws Refusal when another process has the directory
 */
export function breakGround(loaded: LoadedConfig, log: Log): Ground {
  const lock = lockData(loaded.dataDir);
  const store = beginStore({ ...storeOptions(loaded), log });
  // Whoever waits for it hears of it; until then it must not count as unheard.
  store.catch(() => {});
  return {
    store,
    async close() {
      const opened = await store.catch(() => undefined);
      await opened?.close();
      lock.release();
    },
  };
}
