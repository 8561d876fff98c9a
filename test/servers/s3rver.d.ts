/** The part of s3rver that tests use; the package has no types of its own. */
declare module 's3rver' {
  import type { RequestListener } from 'node:http';

  export default class S3rver {
    constructor(options: { readonly silent: boolean; readonly directory: string; readonly vhostBuckets: boolean });
    readonly store: { putBucket(name: string): Promise<void> };
    readonly logger: { readonly exceptions: { unhandle(): void }; close(): void };
    callback(): RequestListener;
  }
}
