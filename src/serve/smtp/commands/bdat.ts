import { replies } from '../../../wire/smtp/replies.ts';
import type { Reply } from '../../../wire/smtp/reply.ts';
import { endChunk, openChunkBody, writeChunk } from '../chunk-body.ts';
import { command, findUnmetNeed } from '../command.ts';
import { countIdle } from '../count-idle.ts';
import { Refuse } from '../refuse.ts';
import type { Receiver, SmtpSession } from '../session.ts';

/**
 * `bdat-cmd ::= "BDAT" SP chunk-size [ SP end-marker ]`. RFC 3030 section 2; CHUNKING and BINARYMIME. The octets of the chunk
 * follow whatever we think of the command, so a refusal is said only after they were read and dropped.
 */
export const bdat = command({
  verb: 'BDAT',
  needs: [],
  keywords: () => ['CHUNKING', 'BINARYMIME'],
  parse(rest) {
    const [, digits, last] = /^([0-9]{1,20})( +LAST)?$/i.exec(rest.trim()) ?? [];
    // Where the next command begins cannot be known: nothing that follows may be taken for one.
    if (digits === undefined) throw new Refuse(replies.badArguments, true);
    return { size: Number(digits), last: last !== undefined };
  },
  run(session, { size, last }) {
    const most = 2 * session.options.limits.maxMessageBytes + 1_048_576;
    if (size > most) throw new Refuse(replies.endlessData, true);
    const receiver = new ChunkReceiver(session, size, last, findRefusal(session));
    if (size === 0) return !last && countIdle(session) ? undefined : receiver.end();
    session.receiver = receiver;
    session.sink.expectOctets(size, true);
    return undefined;
  },
});

/** Why the chunk will not be taken; undefined when the body stands ready for it. */
function findRefusal(session: SmtpSession): Reply | undefined {
  const unmet = findUnmetNeed(session, ['hello', 'tls', 'login', 'mail']);
  if (unmet !== undefined) return unmet;
  try {
    openChunkBody(session);
    return undefined;
  } catch (error) {
    return error instanceof Refuse ? error.reply : session.answerTo(error);
  }
}

/** One chunk. */
class ChunkReceiver implements Receiver {
  readonly #session: SmtpSession;
  readonly #size: number;
  readonly #last: boolean;
  readonly #refusal: Reply | undefined;
  readonly #startedAtMs: number;

  constructor(session: SmtpSession, size: number, last: boolean, refusal: Reply | undefined) {
    this.#session = session;
    this.#size = size;
    this.#last = last;
    this.#refusal = refusal;
    this.#startedAtMs = session.services.clock.now();
  }

  framed(): void {}

  octets(octets: Uint8Array, last: boolean): void | Promise<void> {
    const written = this.#write(octets);
    if (!last) return written;
    this.#session.receiver = undefined;
    return written === undefined ? this.end() : written.then(() => this.end());
  }

  /** The octets of the chunk are all there. */
  end(): void | Promise<void> {
    const session = this.#session;
    if (session.sink.closed) return undefined;
    if (this.#refusal !== undefined) throw new Refuse(this.#refusal);
    return endChunk(session, this.#size, this.#last);
  }

  #write(octets: Uint8Array): void | Promise<void> {
    const session = this.#session;
    if (this.#refusal === undefined) return writeChunk(session, octets);
    // What is dropped may take no longer than what is kept.
    const tookMs = session.services.clock.now() - this.#startedAtMs;
    if (tookMs > session.options.limits.dataMs) session.leave(replies.dataTooLong);
    return undefined;
  }
}
