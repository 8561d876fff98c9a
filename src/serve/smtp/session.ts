import type { Peer, Sink, TlsFacts } from '../../base/conversation.ts';
import type { Log } from '../../base/log.ts';
import type { Account, LoginOutcome, LoginProof } from '../../directory/directory.ts';
import type { SaslLogin } from '../../wire/sasl/sasl-login.ts';
import { printReply } from '../../wire/smtp/reply.ts';
import type { Reply } from '../../wire/smtp/reply.ts';
import { replies } from '../../wire/smtp/replies.ts';
import { StorageFull } from '../../store/store.ts';
import { OutgoingBody } from '../../submit/outgoing-body.ts';
import { fitsCertificate } from '../login-steps.ts';
import type { SmtpListenerOptions } from './listener-options.ts';
import { MessageBody } from './message-body.ts';
import type { SmtpEvent, SmtpServices } from './services.ts';
import type { Transaction } from './transaction.ts';

/** A response may have 12,288 octets (RFC 4954 section 4), and so may an initial one behind the command. */
const maxAuthLineBytes = 12_288 + 64;

/** Takes what comes instead of commands: the content of a message. */
export interface Receiver {
  /** A piece was framed; `done` with the last. */
  framed(done: boolean): void | Promise<void>;
  octets(octets: Uint8Array, last: boolean): void | Promise<void>;
}

/** How the client introduced itself. */
export interface Hello {
  readonly extended: boolean;
  readonly name: string;
}

/** What we know of one client. What to do is in `commands/`, who does it in `dispatch.ts`. */
export class SmtpSession {
  readonly services: SmtpServices;
  readonly options: SmtpListenerOptions;
  readonly peer: Peer;
  readonly sink: Sink<SmtpEvent>;

  hello: Hello | undefined;
  tls: TlsFacts | undefined;
  account: Account | undefined;
  /** Of the login. */
  proof: LoginProof | undefined;
  /** AUTH may come: not yet, or the account is only known by the client's certificate. */
  mayAuthenticate = true;
  transaction: Transaction | undefined;
  receiver: Receiver | undefined;
  /** An exchange that waits for the client. */
  sasl: SaslLogin<LoginOutcome> | undefined;

  /** No command was understood yet. */
  isFirst = true;
  slow = false;
  errors = 0;
  refusedRecipients = 0;
  /** Since the last message or login, those that brought none nearer; refused ones too. */
  idleCommands = 0;
  failedLogins = 0;
  goodTransactions = 0;
  badTransactions = 0;
  unwatch: (() => void) | undefined;
  /** The part of Received that does not change from message to message. */
  traceHead: string | undefined;

  #transactions = 0;
  #log: Log | undefined;
  #tail: string | undefined;

  constructor(services: SmtpServices, options: SmtpListenerOptions, peer: Peer, sink: Sink<SmtpEvent>) {
    this.services = services;
    this.options = options;
    this.peer = peer;
    this.sink = sink;
    this.tls = peer.tls;
  }

  get log(): Log {
    return (this.#log ??= this.services.log.with({ session: this.peer.id }));
  }

  /** Each refusal names the session, so that an operator can find it in the log. */
  say(answer: Reply): void {
    this.sink.write(answer.code < 400 ? printReply(answer) : printReply(answer, this.#errorTail()));
  }

  /** Says it and closes. `parting`: the client wants it so. */
  leave(answer: Reply, parting = false): void {
    this.say(answer);
    this.receiver = undefined;
    this.sink.close(parting);
  }

  /** The answer to an error that is ours: logged with its stack and what the client was told. */
  answerTo(error: unknown): Reply {
    const answer = error instanceof StorageFull ? replies.storageFull : replies.localError;
    this.log.error('command failed', { reply: `${answer.code} ${answer.enhanced} ${answer.lines.join(' ')}` }, error);
    return answer;
  }

  /** What comes here leaves by the queue, to anybody. */
  get sendsOut(): boolean {
    const { role, capture } = this.options;
    return role === 'submission' && capture === undefined;
  }

  /** @throws StorageFull when not even a spool can be had. */
  newBody(): MessageBody {
    const { store, clock } = this.services;
    const maxBytes = this.options.limits.maxMessageBytes;
    const expectedBytes = this.transaction?.params.sizeBytes;
    const spool = store.newSpool({ maxBytes, expectedBytes });
    const { hostname } = this.options;
    const outgoing = this.sendsOut ? new OutgoingBody(spool, { hostname, clock }) : undefined;
    return new MessageBody({ spool, outgoing, maxBytes, startedAtMs: clock.now(), owner: this });
  }

  /**
   * Lines are commands from now on. Until login AUTH may carry an access token of some thousand octets in its own line: programs do
   * so, although they should not (RFC 4954 section 4).
   */
  expectCommands(): void {
    const { limits, role } = this.options;
    const isLong = role === 'submission' && this.mayAuthenticate;
    this.sink.expectLines(isLong ? Math.max(limits.maxLineBytes, maxAuthLineBytes) : limits.maxLineBytes);
  }

  nextTransactionId(): string {
    this.#transactions++;
    return `${this.peer.id}.${this.#transactions}`;
  }

  /** Gives the envelope up, with what was received of the message. */
  reset(): void {
    const { transaction } = this;
    this.transaction = undefined;
    this.receiver = undefined;
    transaction?.body?.discard();
  }

  /** Everything that was said before TLS is forgotten. RFC 3207 section 4.2. */
  forget(): void {
    this.reset();
    this.hello = undefined;
    this.account = undefined;
    this.proof = undefined;
    this.mayAuthenticate = true;
    this.sasl = undefined;
    this.traceHead = undefined;
  }

  /** The account as it is now; closes the session when it may no longer be used. */
  findAccount(): Account | undefined {
    if (this.account === undefined) return undefined;
    const { directory } = this.services;
    const account = directory.findAccount(this.account.id);
    const stays = account && this.proof && directory.mayStay(account, this.proof);
    if (account === undefined || !stays || !fitsCertificate(this, account)) {
      this.leave(replies.accountGone);
      return undefined;
    }
    this.account = account;
    return account;
  }

  #errorTail(): string {
    return (this.#tail ??= ` (${this.peer.id})`);
  }
}
