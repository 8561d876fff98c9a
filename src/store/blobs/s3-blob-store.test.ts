import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { S3Server } from '../../../test/servers/s3.ts';
import { startS3 } from '../../../test/servers/s3.ts';
import { BlobMissing } from '../blob-store.ts';
import { StorageFull } from '../store.ts';
import { describeBlobStore } from './blob-store.contract.ts';
import { S3BlobStore } from './s3-blob-store.ts';
import { S3Failure } from './s3-failure.ts';

const partBytes = 5 * 1024 * 1024;
let s3: S3Server;
let folder: string;
beforeAll(async () => {
  s3 = await startS3();
  folder = await mkdtemp(join(tmpdir(), 'posthorn-s3-test-'));
});
afterAll(async () => {
  await s3.stop();
  await rm(folder, { recursive: true, force: true });
});

describeBlobStore('S3', async () => new S3BlobStore(await s3.createBucket(), { partBytes }), 3 * partBytes + 77);
describeBlobStore(
  'S3 below a prefix',
  async () => new S3BlobStore((await s3.createBucket()).replace('?', '/mail/blobs?')),
  1000,
);

async function writeBlob(octets: Uint8Array): Promise<{ readonly key: string; readonly path: string }> {
  const path = join(folder, randomBytes(8).toString('hex'));
  await writeFile(path, octets);
  return { key: createHash('sha256').update(octets).digest('hex'), path };
}

describe('S3 in particular', () => {
  test('prefixes keep installations in one bucket apart', async () => {
    const bucket = await s3.createBucket();
    const [one, two] = ['/one?', '/two?'].map((prefix) => new S3BlobStore(bucket.replace('?', prefix)));
    const { key, path } = await writeBlob(randomBytes(5));
    await one?.putFile(key, path);
    expect(await one?.size(key)).toBe(5);
    expect(await two?.size(key)).toBeUndefined();
    for await (const entry of two?.list() ?? []) expect.unreachable(entry.key);
  });

  test('a bucket that is there is reachable; without one, and with a wrong secret, the error says so', async () => {
    const bucket = await s3.createBucket();
    await new S3BlobStore(bucket).checkReachable();
    await expect(new S3BlobStore(bucket.replace(/blobs-\d+/, 'nowhere')).checkReachable()).rejects.toThrow(
      'no such bucket',
    );
    const wrong = new S3BlobStore(bucket.replace('test-secret', 'wrong-secret'));
    await expect(wrong.checkReachable()).rejects.toThrow('403 SignatureDoesNotMatch');
    await expect(wrong.checkReachable()).rejects.not.toThrow('wrong-secret');
  });

  test('nobody listens', async () => {
    const store = new S3BlobStore('s3://a:b@127.0.0.1:2/blobs?tls=false', { attempts: 2, backoffMs: 1 });
    await expect(store.checkReachable()).rejects.toBeInstanceOf(S3Failure);
    const { key, path } = await writeBlob(randomBytes(5));
    await expect(store.putFile(key, path)).rejects.toThrow('ECONNREFUSED');
    // The message is not lost: the file is only removed once its octets are safe.
    expect((await stat(path)).size).toBe(5);
  });
});

describe('S3 with an ailing server', () => {
  let server: Server | undefined;
  afterEach(async () => {
    server?.closeAllConnections();
    await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
    server = undefined;
  });

  async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
    server = createServer((request, response) => {
      request.resume();
      request.on('end', () => answer(request, response));
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo; // A TCP server has an address of this kind.
    return `s3://a:b@127.0.0.1:${port}/blobs?tls=false`;
  }

  function refuse(response: ServerResponse, status: number, code: string): void {
    response.writeHead(status, { 'content-type': 'application/xml' }).end(`<Error><Code>${code}</Code></Error>`);
  }

  const key = createHash('sha256').update('anything').digest('hex');

  test('503 and cut connections are tried again, with a limit', async () => {
    let requests = 0;
    const url = await serve((request, response) => {
      requests++;
      if (requests === 1) refuse(response, 503, 'SlowDown');
      else if (requests === 2) request.socket.destroy();
      else response.writeHead(206, { 'content-length': 3 }).end('abc');
    });
    const octets = await new S3BlobStore(url, { backoffMs: 1 }).read(key, 0, 3);
    expect(Buffer.from(octets).toString()).toBe('abc');
    expect(requests).toBe(3);
  });

  test('503 for ever is a failure after the last attempt', async () => {
    let requests = 0;
    const url = await serve((_, response) => {
      requests++;
      refuse(response, 503, 'SlowDown');
    });
    const store = new S3BlobStore(url, { backoffMs: 1, attempts: 3 });
    await expect(store.read(key, 0, 3)).rejects.toThrow(/GET .* answered 503 SlowDown/);
    expect(requests).toBe(3);
  });

  test('403 is not tried again', async () => {
    let requests = 0;
    const url = await serve((_, response) => {
      requests++;
      refuse(response, 403, 'AccessDenied');
    });
    await expect(new S3BlobStore(url, { backoffMs: 1 }).read(key, 0, 3)).rejects.toThrow('403 AccessDenied');
    expect(requests).toBe(1);
  });

  test('a body that stops in the middle is read again', async () => {
    let requests = 0;
    const url = await serve((request, response) => {
      response.writeHead(206, { 'content-length': 6 });
      if (++requests > 1) response.end('abcdef');
      else response.write('abc', () => request.socket.destroy());
    });
    expect(Buffer.from(await new S3BlobStore(url, { backoffMs: 1 }).read(key, 0, 6)).toString()).toBe('abcdef');
  });

  test('silence ends with the timeout', async () => {
    const url = await serve(() => undefined);
    const store = new S3BlobStore(url, { backoffMs: 1, attempts: 2, timeoutMs: 50 });
    await expect(store.read(key, 0, 3)).rejects.toThrow('timed out');
  });

  test('a server without ranges', async () => {
    const url = await serve((_, response) => void response.writeHead(200).end('0123456789'));
    const store = new S3BlobStore(url, { attempts: 1 });
    expect(Buffer.from(await store.read(key, 3, 6)).toString()).toBe('345');
    await expect(store.read(key, 8, 11)).rejects.toBeInstanceOf(BlobMissing);
  });

  test('full', async () => {
    const url = await serve((_, response) => refuse(response, 507, 'XMinioStorageFull'));
    const { key: other, path } = await writeBlob(randomBytes(5));
    await expect(new S3BlobStore(url, { backoffMs: 1 }).putFile(other, path)).rejects.toBeInstanceOf(StorageFull);
  });

  test('an upload that is said to be complete but is not there is a failure', async () => {
    const aborted: string[] = [];
    const url = await serve((request, response) => {
      const query = request.url ?? '';
      if (request.method === 'DELETE') aborted.push(query);
      if (request.method === 'HEAD') response.writeHead(404).end();
      else if (query.includes('uploads=')) {
        response.end('<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>');
      } else if (request.method === 'POST') response.end('<Error><Code>InternalError</Code></Error>');
      else response.writeHead(200, { etag: '"x"' }).end();
    });
    const { key: other, path } = await writeBlob(randomBytes(100));
    const store = new S3BlobStore(url, { backoffMs: 1, partBytes: 40 });
    await expect(store.putFile(other, path)).rejects.toThrow('stored 0 octets of 100');
    expect(aborted).toHaveLength(1);
    expect((await stat(path)).size).toBe(100);
  });
});
