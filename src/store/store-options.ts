import type { Log } from '../base/log.ts';

export interface StoreOptions {
  /** The data directory: database, large blobs, and messages that are arriving. Made when missing. */
  readonly dataDir: string;
  /** `postgres://…`; undefined: SQLite in the data directory. */
  readonly databaseUrl?: string;
  /** `s3://…` for large messages; undefined: a folder in the data directory. */
  readonly blobsUrl?: string;
  readonly log?: Log;
}
