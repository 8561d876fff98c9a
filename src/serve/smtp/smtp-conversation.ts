import type { Conversation, Converse, Input, Peer, Sink } from '../../base/conversation.ts';
import { assertNever } from '../../base/assert-never.ts';
import { printReply } from '../../wire/smtp/reply.ts';
import { replies } from '../../wire/smtp/replies.ts';
import { admitCertificate } from './client-certificate.ts';
import { dispatch, guard } from './dispatch.ts';
import type { SmtpListenerOptions } from './listener-options.ts';
import { breakOff, giveUp, takeResponse } from './sasl-dialogue.ts';
import type { SmtpEvent, SmtpServices } from './services.ts';
import { SmtpSession } from './session.ts';

/** SMTP for one listener: give it to `listen` of `net/`. */
export function createSmtpConversation(services: SmtpServices, options: SmtpListenerOptions): Converse<SmtpEvent> {
  return (peer, sink) => new SmtpConversation(services, options, peer, sink);
}

/** What `net/` says to connections that it does not take. RFC 5321 section 3.8. */
export function smtpRefusals(): { readonly tooMany: string; readonly blocked: string; readonly closing: string } {
  return {
    tooMany: printReply(replies.tooManyConnections),
    blocked: printReply(replies.tooManyFailures),
    closing: printReply(replies.shuttingDown),
  };
}

/** Sends each input to the one who waits for it: the command table, a mechanism, or the receiver of a message. */
class SmtpConversation implements Conversation<SmtpEvent> {
  readonly #session: SmtpSession;

  constructor(services: SmtpServices, options: SmtpListenerOptions, peer: Peer, sink: Sink<SmtpEvent>) {
    this.#session = new SmtpSession(services, options, peer, sink);
  }

  greet(): void {
    const { sink, options } = this.#session;
    this.#session.expectCommands();
    sink.idleLimit(options.limits.idleMs);
    admitCertificate(this.#session);
    if (sink.closed) return;
    sink.write(`220 ${options.hostname} ESMTP\r\n`);
  }

  accept(input: Input<SmtpEvent>): void | Promise<void> {
    const session = this.#session;
    switch (input.kind) {
      case 'line':
        return session.slow ? this.#slowly(Buffer.from(input.line)) : this.#line(input.line);
      case 'framed': {
        const { receiver } = session;
        return receiver === undefined ? undefined : guard(session, () => receiver.framed(input.done));
      }
      case 'octets': {
        const { receiver } = session;
        return receiver === undefined ? undefined : guard(session, () => receiver.octets(input.octets, input.last));
      }
      case 'line-too-long':
        return this.#lineTooLong();
      case 'tls':
        session.forget();
        session.tls = input.tls;
        return admitCertificate(session);
      case 'timeout':
        return session.leave(input.why === 'idle' ? replies.idleTooLong : replies.tooSlow);
      case 'shutdown':
        session.sasl = undefined;
        return session.leave(replies.shuttingDown);
      case 'event':
        session.findAccount();
        return undefined;
      default:
        return assertNever(input);
    }
  }

  end(): void {
    const session = this.#session;
    if (session.sasl !== undefined) breakOff(session, session.sasl);
    session.reset();
    session.unwatch?.();
  }

  #line(line: Uint8Array): void | Promise<void> {
    const session = this.#session;
    const { sasl } = session;
    return sasl === undefined ? dispatch(session, line) : guard(session, () => takeResponse(session, sasl, line));
  }

  /** Somebody who guesses passwords waits before each command. spec/protocols.md section 0.2. */
  async #slowly(line: Uint8Array): Promise<void> {
    await this.#session.sink.delay(this.#session.options.limits.slowMs);
    await this.#line(line);
  }

  #lineTooLong(): void | Promise<void> {
    const session = this.#session;
    const { sasl } = session;
    if (sasl === undefined) return session.leave(replies.lineTooLong);
    return guard(session, () => {
      throw giveUp(session, sasl, replies.responseTooLong);
    });
  }
}
