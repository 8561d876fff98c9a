/**
 * Where octets too large for the database lie. Keys are the SHA-256 of the content, in hex, so a blob is immutable and
 * putting it twice is harmless. Both implementations (files, S3) pass one contract suite.
 */
export interface BlobStore {
  /**
   * Takes the complete file at `path` over under `key`. Resolves when it is durable (file: fsync of file and folders;
   * S3: the server answered). The file at `path` is gone afterwards.
   */
  putFile(key: string, path: string): Promise<void>;
  /** Octets [start, end). @throws BlobMissing */
  read(key: string, start: number, end: number): Promise<Uint8Array>;
  /** Size in octets, or undefined when there is no such blob. */
  size(key: string): Promise<number | undefined>;
  /**
   * Removing what is not there is not an error. With `modifiedBeforeMs` a blob that was put since then stays: its message
   * may be on its way in. False: it stayed.
   */
  remove(key: string, modifiedBeforeMs?: number): Promise<boolean>;
  /** All keys with their sizes, for verify and sweep. */
  list(): AsyncIterable<{ readonly key: string; readonly sizeBytes: number; readonly modifiedAtMs: number }>;
}

/** The database says the blob is there, the blob store does not have it. */
export class BlobMissing extends Error {
  override readonly name = 'BlobMissing';
}
