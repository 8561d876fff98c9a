import type { Spooled } from '../store/spool.ts';
import type { QueuedOctets } from './courier.ts';

/** In all. */
const maxBytes = 4 * 1024 * 1024;
const maxMessageBytes = 64 * 1024;

interface Kept {
  readonly prefix: Buffer;
  readonly octets: Buffer;
}

/** A message as it was before the store took it. */
export type Copied = (messageId: number) => void;

/**
 * The octets of messages that came lately: most are sent within a moment, and need not be read and unpacked for it. The
 * store has them all; this is forgotten at any time, the oldest first.
 */
export class OctetsAtHand {
  readonly #kept = new Map<number, Kept>();
  #bytes = 0;

  /** To be called before the content is handed over; what it returns, with the number that the message got. */
  copy(content: Spooled, prefix: string): Copied {
    if (content.kind === 'file' || content.octets.length > maxMessageBytes) return () => undefined;
    const kept = { prefix: Buffer.from(prefix, 'latin1'), octets: Buffer.from(content.octets) };
    return (messageId) => this.#keep(messageId, kept);
  }

  /** For another courier as well: a message may go to several destinations. */
  open(messageId: number): QueuedOctets | undefined {
    const kept = this.#kept.get(messageId);
    if (kept === undefined) return undefined;
    const { prefix, octets } = kept;
    return {
      prefix,
      originalBytes: octets.length,
      read: (start, end) => Promise.resolve(octets.subarray(start, Math.max(start, end))),
      close: () => undefined,
    };
  }

  #keep(messageId: number, kept: Kept): void {
    this.#kept.set(messageId, kept);
    this.#bytes += sizeOf(kept);
    for (const [oldest, old] of this.#kept) {
      if (this.#bytes <= maxBytes) return;
      this.#kept.delete(oldest);
      this.#bytes -= sizeOf(old);
    }
  }
}

function sizeOf({ prefix, octets }: Kept): number {
  return prefix.length + octets.length;
}
