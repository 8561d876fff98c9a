import { ConnectionFailure } from '../../net/connection-failure.ts';
import type { ClientTlsOptions } from '../../net/client-tls.ts';
import type { DialedConnection } from '../../net/dial.ts';
import { parseResponse, type Response } from '../../wire/imap/response/parse-response.ts';
import { ResponseReader, type ResponseLimits } from '../../wire/imap/response/response-reader.ts';
import type { CommandPart } from './command.ts';
import { ImapError } from './imap-error.ts';

/** Octets of a literal that is streamed. */
export interface LiteralPiece {
  readonly kind: 'piece';
  readonly octets: Uint8Array;
}

export type Tagged = Extract<Response, { kind: 'tagged' }>;
export type Untagged = Exclude<Response, Tagged>;

/** The responses to a command that are waited for together. */
export interface Answer {
  readonly untilMs: number;
  readonly untilBytes: number;
}

/** How literals are announced: `{n}` waits for the server, `{n+}` does not. RFC 7888. */
export type LiteralMode = 'sync' | 'plus' | 'minus';

/** Responses that a server may send for one command. */
const maxResponses = 5_000_000;
const literalMinus = 4096;

/** One connection: commands with tags, responses one by one. Any breach ends it: nobody knows what the next response answers. */
export class Dialogue {
  readonly connection: DialedConnection;
  literals: LiteralMode = 'sync';
  readonly #reader: ResponseReader;
  readonly #maxAnswerBytes: number;
  /** Octets of responses so far. */
  #received = 0;
  #tag = 0;
  #running: string | undefined;

  constructor(connection: DialedConnection, limits: ResponseLimits) {
    this.connection = connection;
    this.#reader = new ResponseReader(limits);
    this.#maxAnswerBytes = limits.maxAnswerBytes;
  }

  /** Whether a command is under way. */
  get isBusy(): boolean {
    return this.#running !== undefined;
  }

  /** Sends a command, literals as the server takes them. What it says meanwhile goes to `onUntagged`. @throws ImapError */
  async send(
    parts: readonly CommandPart[],
    timeoutMs: number,
    onUntagged: (response: Untagged) => void,
  ): Promise<string> {
    const name = commandName(parts);
    if (this.#running !== undefined) throw new ImapError(name, 'state', `${this.#running} is still under way`);
    this.#running = name;
    const tag = `a${++this.#tag}`;
    try {
      let text = `${tag} `;
      for (const part of parts) {
        if (typeof part === 'string') {
          text += part;
          continue;
        }
        const isSync = this.#mustWait(part.length);
        await this.write(`${text}{${part.length}${isSync ? '' : '+'}}\r\n`, timeoutMs);
        if (isSync) await this.awaitContinue(tag, timeoutMs, onUntagged);
        await this.write(part, timeoutMs);
        text = '';
      }
      await this.write(`${text}\r\n`, timeoutMs);
      return tag;
    } catch (error) {
      this.#running = undefined;
      throw error;
    }
  }

  /** Until the server asks for more. @throws ImapError when it refuses instead */
  async awaitContinue(tag: string, timeoutMs: number, onUntagged: (response: Untagged) => void): Promise<string> {
    const answer = this.beginAnswer(timeoutMs);
    for (;;) {
      const response = await this.nextOf(answer);
      if (response.kind === 'continue') return response.text;
      if (response.kind !== 'tagged') onUntagged(response);
      else {
        if (response.tag !== tag) throw this.breach('a tag that we did not use');
        if (response.status === 'OK') throw this.breach('OK to half a command');
        throw this.refusal(response);
      }
    }
  }

  /** All responses until the command ends. @throws ImapError when the answer is NO or BAD */
  async finish(tag: string, timeoutMs: number, onUntagged: (response: Untagged) => void): Promise<Tagged> {
    const answer = this.beginAnswer(timeoutMs);
    for (let count = 0; count < maxResponses; count++) {
      const response = await this.nextOf(answer);
      if (response.kind === 'tagged') return this.ended(tag, response);
      onUntagged(response);
    }
    throw this.breach('responses without end');
  }

  /** From now on the responses are one answer: together they have so much time, and so much room. */
  beginAnswer(timeoutMs: number): Answer {
    return { untilMs: performance.now() + timeoutMs, untilBytes: this.#received + this.#maxAnswerBytes };
  }

  /** The next response of an answer. @throws ImapError, also when a flood of them leaves no end in sight */
  async nextOf({ untilMs, untilBytes }: Answer): Promise<Response> {
    const response = await this.nextBefore(untilMs);
    if (this.#received > untilBytes) throw this.breach('an answer without end');
    if (response.kind === 'piece') throw this.breach('octets of nothing');
    return response;
  }

  /** As `next`; what is there already does not prolong the time. `untilMs`: of `performance.now()`. @throws ImapError */
  async nextBefore(untilMs: number, streamFrom = Infinity): Promise<Response | LiteralPiece> {
    const leftMs = untilMs - performance.now();
    if (leftMs <= 0) throw this.#broken(new ConnectionFailure('timeout', 'the answer has no end'));
    return this.next(leftMs, streamFrom);
  }

  /** The command has ended with this. @throws ImapError when it failed */
  ended(tag: string, response: Tagged): Tagged {
    if (response.tag !== tag) throw this.breach('a tag that we did not use');
    if (response.status !== 'OK') throw this.refusal(response);
    this.#running = undefined;
    return response;
  }

  refusal({ status, code, text }: Tagged): ImapError {
    const name = this.#running ?? 'CONNECT';
    this.#running = undefined;
    return new ImapError(name, status === 'NO' ? 'no' : 'bad', `${code ? `[${code.name}] ` : ''}${text}`, { code });
  }

  /** The next response; all of it has to be there in time. BYE outside of LOGOUT ends the session. @throws ImapError */
  async next(timeoutMs: number, streamFrom = Infinity): Promise<Response | LiteralPiece> {
    this.#reader.streamFrom = streamFrom;
    this.connection.setDeadline(timeoutMs, this.#running ?? 'CONNECT');
    try {
      for (;;) {
        const event = this.#reader.next();
        if (event?.kind === 'piece') return event;
        if (event?.kind === 'fault') throw this.breach(event.fault);
        if (event?.kind === 'response') return this.#parsed(parseResponse(event.parts));
        const chunk = await this.connection.read();
        if (!chunk) throw new ConnectionFailure('closed', 'the server closed the connection');
        this.#received += chunk.length;
        this.#reader.push(chunk);
      }
    } catch (error) {
      throw this.#broken(error);
    } finally {
      this.connection.clearDeadline();
    }
  }

  /** Sends octets. @throws ImapError */
  async write(octets: Uint8Array | string, timeoutMs: number): Promise<void> {
    this.connection.setDeadline(timeoutMs, this.#running ?? 'CONNECT');
    try {
      await this.connection.write(octets);
    } catch (error) {
      throw this.#broken(error);
    } finally {
      this.connection.clearDeadline();
    }
  }

  /** @throws ImapError */
  async startTls(options: ClientTlsOptions, timeoutMs: number): Promise<void> {
    this.#running = 'STARTTLS';
    this.connection.setDeadline(timeoutMs, 'STARTTLS');
    // What arrived in plain text, also half a response, must not count under TLS.
    this.#reader.discard();
    try {
      await this.connection.startTls(options);
      this.#running = undefined;
    } catch (error) {
      throw this.#broken(error);
    } finally {
      this.connection.clearDeadline();
    }
  }

  /** The server does not keep to the protocol: the connection is closed. */
  breach(what: string): ImapError {
    this.connection.destroy();
    return new ImapError(this.#running ?? 'CONNECT', 'protocol', `the server does not speak IMAP (${what})`);
  }

  #parsed(parsed: ReturnType<typeof parseResponse>): Response {
    if (!parsed.ok) throw this.breach(`expected ${parsed.error.expected}`);
    const response = parsed.value;
    if (response.kind !== 'status' || response.status !== 'BYE' || this.#running === 'LOGOUT') return response;
    this.connection.destroy();
    throw new ImapError(this.#running ?? 'CONNECT', 'bye', response.text, { code: response.code });
  }

  #mustWait(bytes: number): boolean {
    return this.literals === 'sync' || (this.literals === 'minus' && bytes > literalMinus);
  }

  #broken(error: unknown): ImapError {
    this.connection.destroy();
    const name = this.#running ?? 'CONNECT';
    this.#running = undefined;
    if (error instanceof ImapError) return error;
    const reason = error instanceof ConnectionFailure ? error.reason : 'protocol';
    return new ImapError(name, reason, error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** `UID FETCH` and `FETCH` are both FETCH. */
function commandName(parts: readonly CommandPart[]): string {
  const [first = '', second = ''] = String(parts[0]).trim().split(' ');
  return first === 'UID' ? second : first;
}
