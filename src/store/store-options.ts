import type { Log } from '../base/log.ts';

export interface StoreOptions {
  /** The data directory: database, large blobs, and messages that are arriving. Made when missing. Of one process only. */
  readonly dataDir: string;
  /** `postgres://…`, also for several processes; undefined: SQLite in the data directory. */
  readonly databaseUrl?: string;
  /**
   * `s3://…` or a folder for large messages; undefined: a folder in the data directory. Processes that share a database
   * must share this too.
   */
  readonly blobsUrl?: string;
  readonly log?: Log;
}
