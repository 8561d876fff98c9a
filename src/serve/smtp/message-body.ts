import type { Spool } from '../../store/spool.ts';
import { StorageFull } from '../../store/store.ts';
import type { Reply } from '../../wire/smtp/reply.ts';
import { replies } from '../../wire/smtp/replies.ts';
import type { SmtpSession } from './session.ts';

/** How much beyond the limit is read before we give up and close, so that honest clients hear why. */
const DRAIN_FACTOR = 2;

/**
 * The octets of a message on their way into the spool. A failure is kept for the end, while the rest is read and dropped:
 * a client hears an answer only after it has sent everything (RFC 5321 section 4.1.1.4).
 */
export class MessageBody {
  readonly spool: Spool;
  readonly startedAtMs: number;
  readonly #maxBytes: number;
  #failure: Reply | undefined;
  #receivedBytes = 0;

  /** @throws StorageFull when not even a spool can be had. */
  constructor(session: SmtpSession) {
    this.#maxBytes = session.options.limits.maxMessageBytes;
    this.startedAtMs = session.services.clock.now();
    this.spool = session.services.store.newSpool({ maxBytes: this.#maxBytes });
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
  write(octets: Uint8Array, session: SmtpSession): void | Promise<void> {
    this.#receivedBytes += octets.length;
    if (this.#failure !== undefined) return undefined;
    try {
      const answer = this.spool.write(octets);
      if (answer === 'too-large') this.fail(replies.tooLarge);
      if (typeof answer === 'string') return undefined;
      return answer.then(
        (kept) => void (kept === 'too-large' && this.fail(replies.tooLarge)),
        (error: unknown) => this.#failed(error, session),
      );
    } catch (error) {
      this.#failed(error, session);
    }
  }

  /** Throws away what was kept; errors of that are of no interest to anybody but the log of the store. */
  discard(): void {
    this.spool.discard().catch(() => {});
  }

  #failed(error: unknown, session: SmtpSession): void {
    this.fail(answerTo(error, session));
  }
}

/** The answer to an error that is ours: logged with its stack and what the client was told. */
export function answerTo(error: unknown, session: SmtpSession): Reply {
  const answer = error instanceof StorageFull ? replies.storageFull : replies.localError;
  session.log.error('command failed', { reply: `${answer.code} ${answer.enhanced} ${answer.lines.join(' ')}` }, error);
  return answer;
}
