import { join } from 'node:path';
import type { StoreOptions } from './store-options.ts';

/** Where large blobs lie: a folder, or an `s3://` address. */
export function blobPlace({ dataDir, blobsUrl }: StoreOptions): string {
  return blobsUrl ?? join(dataDir, 'blobs');
}
