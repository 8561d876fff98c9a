import type { StoreOptions } from '../store/store-options.ts';
import type { LoadedConfig } from './config/loaded-config.ts';

/** Where the configuration keeps mail. */
export function storeOptions({ config, dataDir }: LoadedConfig): StoreOptions {
  const { database, blobs } = config.storage ?? {};
  return {
    dataDir,
    ...(database === undefined ? {} : { databaseUrl: database }),
    ...(blobs === undefined ? {} : { blobsUrl: blobs }),
  };
}
