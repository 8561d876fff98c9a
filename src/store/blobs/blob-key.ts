const sha256InHex = /^[0-9a-f]{64}$/;

/** Whether this is a key of a blob: a SHA-256 in lower-case hex. */
export function isBlobKey(name: string): boolean {
  return sha256InHex.test(name);
}

/** Keys become names of files and objects, so anything else is a bug of the caller. */
export function assertBlobKey(key: string): void {
  if (!isBlobKey(key)) throw new Error(`not the key of a blob: ${JSON.stringify(key.slice(0, 80))}`);
}

/** A range that is not one is a bug of the caller. */
export function assertRange(start: number, end: number): void {
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || end < start) {
    throw new Error(`not a range of octets: ${start} to ${end}`);
  }
}
