import type { Batch } from '../queue/courier.ts';
import { LineLimiter } from '../wire/smtp/line-limiter.ts';

/** The octets of a queued message while they are sent. */
export type MessageSource = Awaited<ReturnType<Batch['open']>>;

const pieceBytes = 64 * 1024;

/** All of it, as it is. */
export async function* readWhole(source: MessageSource): AsyncGenerator<Uint8Array> {
  if (source.prefix.length > 0) yield source.prefix;
  for (let at = 0; at < source.originalBytes; at += pieceBytes) {
    yield await source.read(at, Math.min(at + pieceBytes, source.originalBytes));
  }
}

/** As lines that SMTP may carry. */
export async function* asLines(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const limiter = new LineLimiter();
  for await (const chunk of content) yield* limiter.push(chunk);
  yield* limiter.end();
}
