/** After the end of a message was sent, its reply is waited for so long even when we are to stop: it decides about a second copy. */
const graceMs = 5000;
/** For one transaction, besides what its size takes at 8 KB/s. */
const transactionMs = 30 * 60_000;

/** Ends a connection when `signal` says so, or when a transaction takes too long as a whole. */
export function stopWith(
  signal: AbortSignal,
  connection: AbortController,
  bytes: number,
): {
  /** The same content; it tells that all of it was sent. */
  content(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  done(): void;
} {
  let allSent = false;
  let grace: NodeJS.Timeout | undefined;
  const stop = (): void => connection.abort();
  const onAbort = (): void => {
    if (allSent) grace = setTimeout(stop, graceMs);
    else stop();
  };
  const limit = setTimeout(stop, transactionMs + bytes / 8);
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  return {
    async *content(source) {
      yield* source;
      allSent = true;
    },
    done() {
      clearTimeout(limit);
      clearTimeout(grace);
      signal.removeEventListener('abort', onAbort);
    },
  };
}
