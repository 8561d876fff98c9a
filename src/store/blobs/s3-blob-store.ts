import { open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { ReadableStream } from 'node:stream/web';
import { setTimeout as sleep } from 'node:timers/promises';
import type { S3mini } from 's3mini';
import type { BlobStore } from '../blob-store.ts';
import { BlobMissing } from '../blob-store.ts';
import { assertBlobKey, assertRange, isBlobKey } from './blob-key.ts';
import { asS3Failure, isTransient, s3Facts, S3Failure } from './s3-failure.ts';
import type { S3Location } from './s3-location.ts';
import { readS3Location } from './s3-location.ts';
import { Slots } from '../slots.ts';

export interface S3Options {
  /** Each request, body included. Default 60 seconds. */
  readonly timeoutMs?: number;
  /** Tries in all of what may succeed later. Default 5. */
  readonly attempts?: number;
  /** The wait before the second try; doubles each time, with jitter. Default 200. */
  readonly backoffMs?: number;
  /** Octets of one part, at least 5 MiB (S3's minimum). Default 8 MiB. */
  readonly partBytes?: number;
}

/** S3 takes at most this many parts of one object. */
const maxParts = 10_000;
/** Parts in memory at a time, for all uploads together. */
const maxBuffers = 4;

/** Blobs as objects in a bucket of an S3-compatible store, each under its key. Large files go up in parts. */
export class S3BlobStore implements BlobStore {
  readonly #s3: S3mini;
  readonly #location: S3Location;
  readonly #attempts: number;
  readonly #backoffMs: number;
  readonly #partBytes: number;
  readonly #buffers = new Slots(maxBuffers);

  /** @param url see `readS3Location`. @throws Error when it cannot be read. No request is made yet. */
  constructor(url: string, options: S3Options = {}) {
    this.#location = readS3Location(url);
    this.#attempts = options.attempts ?? 5;
    this.#backoffMs = options.backoffMs ?? 200;
    this.#partBytes = options.partBytes ?? 8 * 1024 * 1024;
    const { origin, bucket, region, accessKey, secretKey } = this.#location;
    // Loaded here, so that servers without S3 do without it.
    const { S3mini: Client } = createRequire(import.meta.url)('s3mini') as { readonly S3mini: typeof S3mini };
    this.#s3 = new Client({
      endpoint: `${origin}/${bucket}`,
      region,
      accessKeyId: accessKey,
      secretAccessKey: secretKey,
      requestAbortTimeout: options.timeoutMs ?? 60_000,
      fetch: fetchUncompressed,
    });
  }

  /** Makes sure that the bucket is there and that we may use it. @throws S3Failure that says what is wrong. */
  async checkReachable(): Promise<void> {
    await this.#page(undefined, 1);
  }

  /** Uploads even what is there already, so that its age starts anew and a sweep leaves it alone. */
  async putFile(key: string, path: string): Promise<void> {
    assertBlobKey(key);
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      if (size <= this.#partBytes) await this.#putWhole(key, file, size);
      else await this.#putInParts(key, file, size);
    } finally {
      await file.close();
    }
    await rm(path, { force: true });
  }

  async read(key: string, start: number, end: number): Promise<Uint8Array> {
    assertBlobKey(key);
    assertRange(start, end);
    const octets = new Uint8Array(end - start);
    // In pieces, so that a long range on a slow line stays within the time of a request.
    for (let at = start; at < end; at += this.#partBytes) {
      const upTo = Math.min(at + this.#partBytes, end);
      const target = octets.subarray(at - start, upTo - start);
      await this.#retrying(`GET ${key}`, () => this.#readInto(target, key, at, upTo));
    }
    if (start === end && (await this.size(key)) === undefined) throw new BlobMissing(`no object for blob ${key}`);
    return octets;
  }

  async size(key: string): Promise<number | undefined> {
    assertBlobKey(key);
    return this.#retrying(`HEAD ${key}`, async () => {
      try {
        return await this.#s3.getContentLength(this.#nameOf(key));
      } catch (error) {
        if (s3Facts(error).status === 404) return undefined;
        throw error;
      }
    });
  }

  async remove(key: string, modifiedBeforeMs?: number): Promise<boolean> {
    assertBlobKey(key);
    if (modifiedBeforeMs !== undefined && (await this.#modifiedAtMs(key)) >= modifiedBeforeMs) return false;
    await this.#retrying(`DELETE ${key}`, async () => {
      try {
        await this.#s3.deleteObject(this.#nameOf(key));
      } catch (error) {
        if (s3Facts(error).code !== 'NoSuchKey') throw error;
      }
    });
    return true;
  }

  /** 0 when there is no such object. */
  async #modifiedAtMs(key: string): Promise<number> {
    const name = this.#nameOf(key);
    const page = await this.#retrying('list', () => this.#s3.listObjectsPaged('/', name, 1));
    const object = page?.objects?.find(({ Key }) => Key === name);
    return object?.LastModified.getTime() ?? 0;
  }

  /** In the order of the keys, a page of 1000 at a time. Objects that are not blobs are passed over. */
  async *list(): AsyncIterable<{ readonly key: string; readonly sizeBytes: number; readonly modifiedAtMs: number }> {
    let token: string | undefined;
    do {
      const page = await this.#page(token, 1000);
      for (const { Key, Size, LastModified } of page.objects ?? []) {
        const key = Key.slice(this.#location.prefix.length);
        if (isBlobKey(key)) yield { key, sizeBytes: Size, modifiedAtMs: LastModified.getTime() };
      }
      token = page.nextContinuationToken;
    } while (token !== undefined);
  }

  #nameOf(key: string): string {
    return this.#location.prefix + key;
  }

  async #page(token: string | undefined, count: number): Promise<NonNullable<S3Page>> {
    const page = await this.#retrying('list', () =>
      this.#s3.listObjectsPaged('/', this.#location.prefix, count, token),
    );
    if (page === null || page === undefined) throw new S3Failure(`${this.#describe('list')}: there is no such bucket`);
    return page;
  }

  async #putWhole(key: string, file: FileHandle, size: number): Promise<void> {
    await this.#buffers.use(async () => {
      const octets = await readFully(file, 0, size);
      await this.#retrying(`PUT ${key}`, () => this.#s3.putObject(this.#nameOf(key), octets));
    });
  }

  async #putInParts(key: string, file: FileHandle, size: number): Promise<void> {
    const name = this.#nameOf(key);
    const partBytes = Math.max(this.#partBytes, Math.ceil(size / maxParts));
    const uploadId = await this.#retrying(`POST ${key}`, () => this.#s3.getMultipartUploadId(name));
    try {
      const parts = [];
      for (let start = 0; start < size; start += partBytes) {
        parts.push(
          await this.#putPart(key, uploadId, file, start, Math.min(partBytes, size - start), parts.length + 1),
        );
      }
      await this.#complete(key, uploadId, parts, size);
    } catch (error) {
      // Parts cost storage until they are aborted. When this fails too, only the bucket's own expiry rule helps.
      await this.#s3.abortMultipartUpload(name, uploadId).catch(() => undefined);
      throw error;
    }
  }

  async #putPart(key: string, uploadId: string, file: FileHandle, start: number, length: number, number: number) {
    return this.#buffers.use(async () => {
      const octets = await readFully(file, start, length);
      return this.#retrying(`PUT part ${number} of ${key}`, () =>
        this.#s3.uploadPart(this.#nameOf(key), uploadId, octets, number),
      );
    });
  }

  /**
   * The answer may be lost, or be an error in spite of its status 200 (as S3 documents for this request), so what
   * counts is that the object is there in full.
   */
  async #complete(key: string, uploadId: string, parts: S3Part[], size: number): Promise<void> {
    const what = `POST ${key}`;
    let failure: unknown;
    try {
      await this.#retrying(what, () => this.#s3.completeMultipartUpload(this.#nameOf(key), uploadId, parts));
    } catch (error) {
      failure = error;
    }
    const stored = await this.size(key);
    if (stored === size) return;
    if (failure !== undefined) throw asS3Failure(failure, this.#describe(what));
    throw new S3Failure(`${this.#describe(what)}: stored ${stored ?? 0} octets of ${size}`);
  }

  async #readInto(target: Uint8Array, key: string, start: number, end: number): Promise<void> {
    let response;
    try {
      response = await this.#s3.getObjectRaw(this.#nameOf(key), false, start, end);
    } catch (error) {
      const { status, code } = s3Facts(error);
      if (status === 404 && code !== 'NoSuchBucket')
        throw new BlobMissing(`no object for blob ${key}`, { cause: error });
      if (status === 416) throw new BlobMissing(`blob ${key} ends before octet ${start}`, { cause: error });
      throw error;
    }
    // A server that does not do ranges sends all of it, with status 200.
    const filled = await fill(target, response, response.status === 206 ? 0 : start);
    if (filled < target.length) throw new BlobMissing(`blob ${key} ends at octet ${start + filled}, before ${end}`);
  }

  async #retrying<T>(what: string, request: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await request();
      } catch (error) {
        if (error instanceof BlobMissing) throw error;
        if (attempt >= this.#attempts || !isTransient(error)) throw asS3Failure(error, this.#describe(what));
      }
      await sleep(this.#backoffMs * 2 ** (attempt - 1) * (0.5 + Math.random()));
    }
  }

  #describe(what: string): string {
    return `blob store ${this.#location.origin}/${this.#location.bucket}: ${what}`;
  }
}

type S3Page = Awaited<ReturnType<S3mini['listObjectsPaged']>>;
type S3Part = Awaited<ReturnType<S3mini['uploadPart']>>;

/** Compressed answers would have another length than the object. */
const fetchUncompressed: typeof fetch = (input, init) => {
  const headers = new Headers(init?.headers);
  headers.set('accept-encoding', 'identity');
  return fetch(input, { ...init, headers });
};

async function readFully(file: FileHandle, start: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const octets = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(octets, filled, length - filled, start + filled);
    if (bytesRead === 0) throw new Error('the file became shorter while it was read');
    filled += bytesRead;
  }
  return octets;
}

/** Copies the body into `target`, without its first `skip` octets and what is too much. Returns how many were copied. */
async function fill(target: Uint8Array, response: Response, skip: number): Promise<number> {
  let position = -skip;
  const body: ReadableStream<Uint8Array> | null = response.body;
  for await (const chunk of body ?? []) {
    const useful = position < 0 ? chunk.subarray(Math.min(-position, chunk.length)) : chunk;
    const at = Math.max(position, 0);
    target.set(useful.subarray(0, target.length - at), at);
    position += chunk.length;
    // Leaving the loop cancels the rest.
    if (position >= target.length) break;
  }
  return Math.min(Math.max(position, 0), target.length);
}
