import type { Peer, Sink, TlsFacts } from '../../base/conversation.ts';
import type { Log } from '../../base/log.ts';
import type { Account, LoginOutcome, LoginProof } from '../../directory/directory.ts';
import { maxLineBytes } from '../../wire/pop3/command-line.ts';
import { printErr, printOk } from '../../wire/pop3/response.ts';
import type { SaslLogin } from '../../wire/sasl/sasl-login.ts';
import type { Maildrop } from './maildrop.ts';
import type { Pop3Event, Pop3ListenerOptions, Pop3Services } from './services.ts';
import { Refuse } from './refuse.ts';

/** A response may have so many octets, and so may an initial one behind the command. */
export const maxResponseBytes = 12_288;
const maxAuthLineBytes = maxResponseBytes + 64;

/** RFC 1939 section 3; the UPDATE state is within QUIT. */
export type State = 'authorization' | 'transaction';

/** What one connection knows. What to do is in `commands/`, who does it in `dispatch.ts`. */
export class Pop3Session {
  readonly services: Pop3Services;
  readonly options: Pop3ListenerOptions;
  readonly peer: Peer;
  readonly sink: Sink<Pop3Event>;
  log: Log;
  tls: TlsFacts | undefined;
  /** Set by login, together with the maildrop. */
  account: Account | undefined = undefined;
  /** What it was proved with; the session ends when that is taken back. */
  proof: LoginProof | undefined = undefined;
  maildrop: Maildrop | undefined = undefined;
  /** What USER said. */
  userName: string | undefined = undefined;
  /** The client understands UTF-8 in headers. RFC 6856 section 2. */
  utf8 = false;
  /** An exchange that waits for the client. */
  sasl: SaslLogin<LoginOutcome> | undefined = undefined;
  failedLogins = 0;
  /** Errors of the client's program in a row. */
  errors = 0;
  /** Nothing was understood yet. */
  isFirst = true;
  unwatch: (() => void) | undefined = undefined;

  constructor(services: Pop3Services, options: Pop3ListenerOptions, peer: Peer, sink: Sink<Pop3Event>) {
    this.services = services;
    this.options = options;
    this.peer = peer;
    this.sink = sink;
    this.tls = peer.tls;
    this.log = services.log.with({ session: peer.id });
  }

  get state(): State {
    return this.maildrop === undefined ? 'authorization' : 'transaction';
  }

  /** Passwords may be sent: TLS is on, or the listener allows it without. */
  get mayLogin(): boolean {
    return this.tls !== undefined || this.options.plaintextLogin;
  }

  /** Lines are commands from now on; until login AUTH may carry an access token of some thousand octets in its own line. */
  expectCommands(): void {
    this.sink.expectLines(this.maildrop === undefined ? maxAuthLineBytes : maxLineBytes);
  }

  /** The maildrop; only for commands of the transaction state. */
  currentMaildrop(): Maildrop {
    if (this.maildrop === undefined) throw new Refuse('log in first');
    return this.maildrop;
  }

  ok(text: string): void {
    this.sink.write(printOk(text));
  }

  /** Says why and closes. */
  leave(refuse: Refuse): void {
    this.sink.write(printErr(refuse.message, refuse.code));
    this.sink.close();
  }
}
