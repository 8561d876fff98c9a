import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';
import { isSignedWith } from './check-s3-signature.ts';

/** An S3 server for tests, in this process, on a loopback port of its own. It checks signatures. */
export interface S3Server {
  /** The URL of an empty bucket, for `S3BlobStore`. Each call gives another one. */
  createBucket(): Promise<string>;
  readonly port: number;
  stop(): Promise<void>;
}

const secret = 'test-secret';

/** Starts it; its data is in a temporary folder that `stop` removes. */
export async function startS3(): Promise<S3Server> {
  const directory = await mkdtemp(join(tmpdir(), 'posthorn-s3-'));
  const s3 = new S3rver({ silent: true, directory, vhostBuckets: false });
  const answer = s3.callback();
  const server = createServer((request, response) => {
    if (isSignedWith(secret, request)) return answer(request, response);
    request.resume();
    response.writeHead(403, { 'content-type': 'application/xml' });
    response.end('<Error><Code>SignatureDoesNotMatch</Code></Error>');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  const { port } = address;
  let buckets = 0;
  return {
    port,
    async createBucket() {
      const bucket = `blobs-${++buckets}`;
      await s3.store.putBucket(bucket);
      return `s3://S3RVER:${secret}@127.0.0.1:${port}/${bucket}?region=us-east-1&tls=false`;
    },
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      s3.logger.exceptions.unhandle();
      s3.logger.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
