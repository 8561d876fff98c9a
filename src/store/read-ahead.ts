/** Reads octets `start` up to `end` (exclusive). */
type Read = (start: number, end: number) => Promise<Uint8Array>;

/**
 * Small reads, one behind the other, become few large ones: a message of ten thousand parts would otherwise open its file,
 * or ask the object store, twenty thousand times. What is asked first is
 * read alone, since the header is often all. Holds `windowBytes` at most; what it gave stays as it is.
 */
export function readAhead(read: Read, sizeBytes: number, windowBytes = 256 * 1024): Read {
  let isFirst = true;
  let from = 0;
  let held: Uint8Array = new Uint8Array(0);
  return async (start, end) => {
    const stop = Math.min(end, sizeBytes);
    const alone = isFirst || stop - start >= windowBytes;
    isFirst = false;
    if (alone) return read(start, stop);
    if (start < from || stop > from + held.length) {
      held = await read(start, Math.min(start + windowBytes, sizeBytes));
      from = start;
    }
    return held.subarray(start - from, Math.max(start, stop) - from);
  };
}
