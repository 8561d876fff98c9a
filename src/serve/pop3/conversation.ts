import type { Conversation, Converse, Input, Peer, Sink } from '../../base/conversation.ts';
import { printErr } from '../../wire/pop3/response.ts';
import { dispatch, guard } from './dispatch.ts';
import { admitCertificate, mayStay, tooManyFailures } from './login.ts';
import { Refuse } from './refuse.ts';
import { breakOff, giveUp, takeResponse } from './sasl-dialogue.ts';
import type { Pop3Event, Pop3ListenerOptions, Pop3Services } from './services.ts';
import { Pop3Session } from './session.ts';

/** Silence until login, and how long a login may take in all. */
const loginIdleMs = 60_000;
const loginMs = 180_000;

/** POP3 for one listener: give it to `listen` of `net/`. RFC 1939. */
export function createPop3Conversation(services: Pop3Services, options: Pop3ListenerOptions): Converse<Pop3Event> {
  return (peer, sink) => new Pop3Conversation(services, options, peer, sink);
}

/** What connections that are not taken hear. */
export const pop3Refusals = {
  tooMany: printErr('too many connections', 'SYS/TEMP'),
  blocked: printErr('too many failed logins, try again later', 'SYS/TEMP'),
  closing: printErr('server is stopping', 'SYS/TEMP'),
} as const;

/** Sends each input to the one who waits for it: the command table or a mechanism. */
class Pop3Conversation implements Conversation<Pop3Event> {
  readonly #session: Pop3Session;
  readonly #beganMs: number;

  constructor(services: Pop3Services, options: Pop3ListenerOptions, peer: Peer, sink: Sink<Pop3Event>) {
    this.#session = new Pop3Session(services, options, peer, sink);
    this.#beganMs = services.clock.now();
  }

  greet(): void {
    const session = this.#session;
    const { sink, services, peer } = session;
    session.expectCommands();
    sink.idleLimit(loginIdleMs);
    if (services.failures.blocked(peer.remoteAddress)) return session.leave(tooManyFailures());
    // No timestamp in angle brackets: APOP is not offered (RFC 1939 section 7), it needs passwords in the clear.
    if (admitCertificate(session)) session.ok('ready');
  }

  accept(input: Input<Pop3Event>): void | Promise<void> {
    const session = this.#session;
    switch (input.kind) {
      case 'line':
        return this.#line(input.line);
      case 'line-too-long':
        return guard(session, () => {
          const { sasl } = session;
          throw sasl ? giveUp(session, sasl, 'response is too long') : new Refuse('line is too long', { close: true });
        });
      case 'tls':
        session.tls = input.tls;
        admitCertificate(session);
        return undefined;
      case 'timeout':
        // RFC 1939 section 3: without a response, and without removing anything.
        return session.sink.close();
      case 'shutdown':
        session.sasl = undefined;
        return session.leave(new Refuse('server is stopping', { code: 'SYS/TEMP' }));
      case 'event':
        return mayStay(session) ? undefined : session.leave(new Refuse('account was disabled', { code: 'SYS/PERM' }));
      case 'octets':
      case 'framed':
        return undefined;
      default:
        return input satisfies never;
    }
  }

  end(): void {
    const session = this.#session;
    if (session.sasl !== undefined) breakOff(session, session.sasl);
    session.unwatch?.();
    session.maildrop = undefined;
  }

  #line(line: Uint8Array): void | Promise<void> {
    const session = this.#session;
    if (session.state === 'authorization' && session.services.clock.now() - this.#beganMs > loginMs) {
      return session.leave(new Refuse('no login in time'));
    }
    const { sasl } = session;
    return sasl === undefined ? dispatch(session, line) : guard(session, () => takeResponse(session, sasl, line));
  }
}
