import { ConnectionFailure } from '../../net/connection-failure.ts';
import type { DialedConnection } from '../../net/dial.ts';
import type { ClientTlsOptions } from '../../net/client-tls.ts';
import { ReplyReader } from '../../wire/smtp/read-reply.ts';
import type { Reply } from '../../wire/smtp/reply.ts';
import { lost, refusal, SmtpError } from './smtp-error.ts';
import type { SmtpStep } from './smtp-error.ts';

/** Commands and their replies, one after another. Any failure ends the connection: nobody knows what the next reply answers. */
export class Dialogue {
  readonly connection: DialedConnection;
  #reader = new ReplyReader();

  constructor(connection: DialedConnection) {
    this.connection = connection;
  }

  /** Sends one command and waits for its reply, whatever it is. @throws SmtpError */
  async ask(step: SmtpStep, command: string, timeoutMs: number): Promise<Reply> {
    await this.send(step, `${command}\r\n`, timeoutMs);
    return this.reply(step, timeoutMs);
  }

  /** As `ask`; a reply of another class than `wanted` (2, 3) is thrown. @throws SmtpError */
  async insist(step: SmtpStep, command: string, wanted: 2 | 3, timeoutMs: number): Promise<Reply> {
    const reply = await this.ask(step, command, timeoutMs);
    if (Math.floor(reply.code / 100) !== wanted) throw refusal(step, reply);
    return reply;
  }

  /** Sends commands. What the server said unasked since then, such as 421, is the answer. @throws SmtpError */
  async send(step: SmtpStep, commands: string, timeoutMs: number): Promise<void> {
    await this.refuseEarly(step);
    await this.write(step, commands, timeoutMs);
  }

  /** Sends octets of a message. @throws SmtpError */
  async write(step: SmtpStep, octets: Uint8Array | string, timeoutMs: number): Promise<void> {
    this.connection.setDeadline(timeoutMs, step);
    try {
      await this.connection.write(octets);
    } catch (error) {
      // A server that hung up often said why.
      if (error instanceof ConnectionFailure && error.reason === 'closed') throw await this.#lastWord(step, error);
      throw this.#broken(step, error);
    } finally {
      this.connection.clearDeadline();
    }
  }

  /** The next reply; all of it has to be there in time. 421 ends the connection. @throws SmtpError */
  async reply(step: SmtpStep, timeoutMs: number): Promise<Reply> {
    this.connection.setDeadline(timeoutMs, step);
    try {
      for (;;) {
        const next = this.#reader.next();
        if (typeof next === 'string') throw this.#nonsense(step, next);
        if (next) return this.#checked(step, next);
        const chunk = await this.connection.read();
        if (!chunk) throw new ConnectionFailure('closed', 'the server closed the connection');
        this.#reader.push(chunk);
      }
    } catch (error) {
      throw this.#broken(step, error);
    } finally {
      this.connection.clearDeadline();
    }
  }

  /** Throws when there is a reply to nothing. @throws SmtpError */
  async refuseEarly(step: SmtpStep): Promise<void> {
    if (!this.#reader.hasRest && !this.connection.hasUnread) return;
    const reply = await this.reply(step, 1000);
    this.connection.destroy();
    if (reply.code >= 400) throw refusal(step, reply);
    throw this.#nonsense(step, 'a reply to no command');
  }

  /** @throws SmtpError */
  async startTls(options: ClientTlsOptions, timeoutMs: number): Promise<void> {
    this.connection.setDeadline(timeoutMs, 'STARTTLS');
    this.#reader.discard();
    try {
      await this.connection.startTls(options);
    } catch (error) {
      throw this.#broken('STARTTLS', error);
    } finally {
      this.connection.clearDeadline();
    }
  }

  #checked(step: SmtpStep, reply: Reply): Reply {
    if (reply.code !== 421) return reply;
    this.connection.destroy();
    throw refusal(step, reply);
  }

  #nonsense(step: SmtpStep, what: string): SmtpError {
    return new SmtpError(step, 'protocol', `${step}: the server does not speak SMTP (${what})`, {
      permanence: step === 'END' ? 'unknown' : 'temporary',
    });
  }

  async #lastWord(step: SmtpStep, failure: ConnectionFailure): Promise<SmtpError> {
    const chunk = await this.connection.read().catch(() => undefined);
    if (chunk) this.#reader.push(chunk);
    const reply = this.#reader.next();
    this.connection.destroy();
    return typeof reply === 'object' && reply.code >= 400 ? refusal(step, reply) : lost(step, failure);
  }

  #broken(step: SmtpStep, error: unknown): SmtpError {
    this.connection.destroy();
    if (error instanceof SmtpError) return error;
    if (error instanceof ConnectionFailure) return lost(step, error);
    return new SmtpError(step, 'protocol', `${step}: ${String(error)}`, { cause: error });
  }
}
