import type { Sink } from '../../base/conversation.ts';

/** Octets that may wait for a slow client before the session waits for it. */
const highWater = 256 * 1024;

/** Await it between the pieces of a long answer. */
export async function pause(sink: Sink<never>): Promise<void> {
  if (sink.pendingBytes > highWater) await sink.drained();
}
