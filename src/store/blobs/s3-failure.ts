import { StorageFull } from '../store.ts';

/** The S3 store refused, or could not be reached in spite of retries. */
export class S3Failure extends Error {
  override readonly name = 'S3Failure';
}

interface Facts {
  readonly status: number | undefined;
  readonly code: string | undefined;
}

/** HTTP status and S3 error code of what s3mini threw, wherever it hides in the chain of causes. */
export function s3Facts(error: unknown): Facts {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    if ('status' in cause && typeof cause.status === 'number') {
      return { status: cause.status, code: 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined };
    }
  }
  return { status: undefined, code: undefined };
}

/** Whether trying again may help: the network, a timeout, an overloaded or ailing server. */
export function isTransient(error: unknown): boolean {
  const { status, code } = s3Facts(error);
  if (status === undefined) return isNetworkError(error);
  if (code === 'RequestTimeout' || code === 'SlowDown' || code === 'OperationAborted') return true;
  return (status >= 500 && status !== 501 && status !== 507) || status === 429 || status === 408;
}

/** What the rest of the server is told. `what` says which request failed. */
export function asS3Failure(error: unknown, what: string): Error {
  if (error instanceof S3Failure || error instanceof StorageFull) return error;
  const { status, code } = s3Facts(error);
  if (status === 507 || code === 'QuotaExceeded' || code === 'XMinioStorageFull') {
    return new StorageFull(`${what}: the blob store is full`, { cause: error });
  }
  return new S3Failure(`${what}: ${reasonOf(error, status, code)}`, { cause: error });
}

function reasonOf(error: unknown, status: number | undefined, code: string | undefined): string {
  if (status !== undefined) return `answered ${status}${code === undefined || code === 'Unknown' ? '' : ` ${code}`}`;
  let reason = 'failed';
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    reason = cause.name === 'TimeoutError' ? 'timed out' : cause.message;
  }
  return reason;
}

function isNetworkError(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    if (cause.name === 'S3NetworkError' || cause.name === 'TimeoutError' || cause.name === 'SocketError') return true;
    // undici: "fetch failed" before the answer, "terminated" in the middle of it.
    if (cause instanceof TypeError && (cause.message === 'fetch failed' || cause.message === 'terminated')) return true;
  }
  return false;
}
