import type { Spool } from '../../store/spool.ts';
import type { OutgoingBody } from '../../submit/outgoing-body.ts';
import type { Reply } from '../../wire/smtp/reply.ts';
import { replies } from '../../wire/smtp/replies.ts';

/** How much beyond the limit is read before we give up and close, so that honest clients hear why. */
const DRAIN_FACTOR = 2;

export interface MessageBodyOptions {
  readonly spool: Spool;
  /** Stands in front of the spool when the message goes out. */
  readonly outgoing?: OutgoingBody | undefined;
  readonly maxBytes: number;
  readonly startedAtMs: number;
  /** Makes an answer of an error that is ours, and logs it. */
  readonly owner: { answerTo(error: unknown): Reply };
}

/**
 * The octets of a message on their way into the spool. A failure is kept for the end, while the rest is read and dropped:
 * a client hears an answer only after it has sent everything (RFC 5321 section 4.1.1.4).
 */
export class MessageBody {
  readonly spool: Spool;
  readonly outgoing: OutgoingBody | undefined;
  readonly startedAtMs: number;
  readonly #maxBytes: number;
  readonly #owner: MessageBodyOptions['owner'];
  #failure: Reply | undefined;
  #receivedBytes = 0;

  constructor({ spool, outgoing, maxBytes, startedAtMs, owner }: MessageBodyOptions) {
    this.spool = spool;
    this.outgoing = outgoing;
    this.startedAtMs = startedAtMs;
    this.#maxBytes = maxBytes;
    this.#owner = owner;
  }

  /** Why the message cannot be taken, if it cannot. */
  get failure(): Reply | undefined {
    return this.#failure;
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** So much more came than was allowed that reading on is no courtesy any more. */
  get isEndless(): boolean {
    return this.#receivedBytes > DRAIN_FACTOR * this.#maxBytes + 1_048_576;
  }

  fail(why: Reply): void {
    this.#failure ??= why;
  }

  /** Keeps the octets, unless something failed already. Await the promise, if there is one. */
  write(octets: Uint8Array): void | Promise<void> {
    this.#receivedBytes += octets.length;
    if (this.#failure !== undefined) return undefined;
    try {
      const answer = (this.outgoing ?? this.spool).write(octets);
      if (answer === 'too-large') this.fail(replies.tooLarge);
      if (typeof answer === 'string') return undefined;
      return answer.then(
        (kept) => void (kept === 'too-large' && this.fail(replies.tooLarge)),
        (error: unknown) => this.#failed(error),
      );
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Throws away what was kept; errors of that are of no interest to anybody but the log of the store. */
  discard(): void {
    (this.outgoing ?? this.spool).discard().catch(() => {});
  }

  #failed(error: unknown): void {
    this.fail(this.#owner.answerTo(error));
  }
}
