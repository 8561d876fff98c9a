import type { TlsState } from '../../net/dial.ts';
import type { Credentials } from '../../wire/sasl/choose-client-mechanism.ts';
import type { Capabilities } from '../../wire/smtp/read-capabilities.ts';
import type { Reply } from '../../wire/smtp/reply.ts';
import { authenticate } from './authenticate.ts';
import type { Envelope } from './envelope.ts';
import { openSession } from './open-session.ts';
import type { OpenSession } from './open-session.ts';
import type { SmtpClientOptions } from './options.ts';
import type { Content } from './send-content.ts';
import { SmtpError } from './smtp-error.ts';
import { defaultTimeouts } from './timeouts.ts';
import type { SmtpTimeouts } from './timeouts.ts';
import { runTransaction } from './transaction.ts';
import type { SendResult } from './transaction.ts';

// What `posthorn/smtp-client` offers besides the client.
export { SmtpError } from './smtp-error.ts';
export type { Capabilities, Content, Credentials, Envelope, Reply, SendResult, SmtpClientOptions, TlsState };
export type { Permanence, SmtpFault, SmtpStep } from './smtp-error.ts';
export type { Recipient } from './envelope.ts';
export type { RecipientResult } from './recipient-result.ts';
export type { ClientKey } from '../client-security.ts';
export type { TlsMode } from './options.ts';
export type { SmtpTimeouts } from './timeouts.ts';
export type { ServerCertificate, VerifyServer } from '../../net/client-tls.ts';

/** One connection to an SMTP or submission server (RFC 5321, RFC 6409). One call at a time. */
export class SmtpClient {
  #session: OpenSession;
  readonly #timeouts: SmtpTimeouts;
  #isDirty = false;

  private constructor(session: OpenSession, timeouts: SmtpTimeouts) {
    this.#session = session;
    this.#timeouts = timeouts;
  }

  /** Connects, greets and secures. @throws SmtpError */
  static async connect(options: SmtpClientOptions): Promise<SmtpClient> {
    const timeouts = { ...defaultTimeouts, ...options.timeouts };
    return new SmtpClient(await openSession(options, timeouts), timeouts);
  }

  /** What the server offers now: after TLS it may be something else. */
  get capabilities(): Capabilities {
    return this.#session.capabilities;
  }

  get greeting(): Reply {
    return this.#session.greeting;
  }

  /** Undefined in plain text. */
  get tls(): TlsState | undefined {
    return this.#session.dialogue.connection.tls;
  }

  get remoteAddress(): string | undefined {
    return this.#session.dialogue.connection.remoteAddress;
  }

  /** Whether another message may be sent. */
  get isOpen(): boolean {
    return this.#session.dialogue.connection.isOpen;
  }

  /**
   * Logs in with the strongest mechanism that both know, and returns its name. Passwords cross only TLS, unless
   * `allowPlaintext`. RFC 4954. @throws SmtpError
   */
  async authenticate(credentials: Credentials, options: { readonly allowPlaintext?: boolean } = {}): Promise<string> {
    const { allowPlaintext = false } = options;
    return authenticate(this.#session, credentials, allowPlaintext, this.#timeouts.command);
  }

  /**
   * Sends one message; others may follow on the same connection, also after a refusal. `content` may have any line ends
   * unless it goes by BDAT. @throws SmtpError when the message was refused, and what `content` throws
   */
  async send(envelope: Envelope, content: Content): Promise<SendResult> {
    if (envelope.to.length === 0) throw new TypeError('a message needs a recipient');
    if (this.#isDirty) await this.reset();
    this.#isDirty = true;
    const result = await runTransaction(this.#session, envelope, content, this.#timeouts);
    this.#isDirty = result.reply === undefined;
    return result;
  }

  /** Forgets a transaction that did not come to its end; `send` does so by itself. @throws SmtpError */
  async reset(): Promise<void> {
    await this.#session.dialogue.insist('RSET', 'RSET', 2, this.#timeouts.command);
    this.#isDirty = false;
  }

  /** Says good-bye and closes, whatever the server says to that. */
  async quit(): Promise<void> {
    const { dialogue } = this.#session;
    try {
      if (this.isOpen) await dialogue.ask('QUIT', 'QUIT', this.#timeouts.quit);
    } catch (error) {
      if (!(error instanceof SmtpError)) throw error;
    }
    dialogue.connection.end();
  }

  /** Closes at once. */
  destroy(): void {
    this.#session.dialogue.connection.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.quit();
  }
}
