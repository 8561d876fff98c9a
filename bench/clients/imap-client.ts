/**
 * An IMAP client for measuring: it counts what comes in without building objects, so that its own cost stays well below
 * the server's. Literals are skipped by their length; of an untagged response only the text before its first literal is
 * shown.
 */
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface ImapAddress {
  readonly host: string;
  readonly port: number;
  /** TLS from the first octet; certificates are not verified, this is for measuring. */
  readonly tls?: boolean;
  readonly localAddress?: string;
}

/** The end of a command. */
export interface Completion {
  readonly ok: boolean;
  /** The tagged line without the tag. */
  readonly text: string;
  /** Untagged responses that came while this command was the oldest one. */
  readonly untagged: number;
}

interface Waiting {
  readonly tag: string;
  readonly onLine: ((line: string) => void) | undefined;
  readonly resolve: (completion: Completion) => void;
  readonly reject: (error: Error) => void;
  untagged: number;
}

const lf = 10;
const star = 42;
const plus = 43;
const brace = 125;

export class ImapClient {
  /** Octets received since the connection was made. */
  octetsIn = 0;
  readonly socket: Socket;
  #rest: Buffer = Buffer.alloc(0);
  /** Octets of a literal that are still to come. */
  #skip = 0;
  /** First octet and text of the response that a literal interrupted; undefined at the beginning of one. */
  #open: { readonly kind: number; readonly head: string } | undefined;
  readonly #waiting: Waiting[] = [];
  #tag = 0;
  #failure: Error | undefined;
  #greeting: ((line: string) => void) | undefined;
  #continuation: ((line: string) => void) | undefined;
  /** Sees untagged responses that belong to no command, or to IDLE. */
  onUntagged: ((line: string) => void) | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the server closed the IMAP connection')));
  }

  /** Connects and waits for the greeting. */
  static async connect(to: ImapAddress): Promise<ImapClient> {
    const plain = { host: to.host, port: to.port, ...(to.localAddress ? { localAddress: to.localAddress } : {}) };
    const socket = to.tls === true ? connectTls({ ...plain, rejectUnauthorized: false }) : connect(plain);
    const client = new ImapClient(socket);
    await new Promise<string>((resolve, reject) => {
      client.#greeting = resolve;
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('no greeting')));
    });
    return client;
  }

  /** Sends a command; `onLine` sees each untagged response up to its first literal. */
  command(text: string | readonly (string | Uint8Array)[], onLine?: (line: string) => void): Promise<Completion> {
    if (this.#failure) return Promise.reject(this.#failure);
    const tag = `a${++this.#tag}`;
    const parts = typeof text === 'string' ? [text] : text;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ tag, onLine, resolve, reject, untagged: 0 });
      this.socket.cork();
      this.socket.write(`${tag} `);
      for (const part of parts) this.socket.write(part);
      this.socket.write('\r\n');
      this.socket.uncork();
    });
  }

  /** As `command`, but anything other than OK throws. */
  async must(text: string | readonly (string | Uint8Array)[], onLine?: (line: string) => void): Promise<Completion> {
    const done = await this.command(text, onLine);
    if (!done.ok) throw new Error(`${typeof text === 'string' ? text : String(text[0])}: ${done.text}`);
    return done;
  }

  /** Untagged responses of a command as lines. */
  async lines(text: string): Promise<string[]> {
    const found: string[] = [];
    await this.must(text, (line) => found.push(line));
    return found;
  }

  login(user: string, password: string): Promise<Completion> {
    return this.must(`LOGIN ${quote(user)} ${quote(password)}`);
  }

  /** AUTHENTICATE with an initial response; `respond` answers each challenge, both in base64. */
  async authenticate(text: string, respond: (challenge: string) => string): Promise<Completion> {
    this.#continuation = (line) => void this.socket.write(`${respond(line.slice(2))}\r\n`);
    const done = await this.must(`AUTHENTICATE ${text}`);
    this.#continuation = undefined;
    return done;
  }

  /** Starts IDLE; resolves when the server said it idles. `done` ends it. */
  async idle(): Promise<{ done: () => Promise<Completion> }> {
    const idling = new Promise<string>((resolve) => (this.#continuation = resolve));
    const finished = this.command('IDLE');
    await Promise.race([idling, finished]);
    return {
      done: () => {
        this.socket.write('DONE\r\n');
        return finished;
      },
    };
  }

  /** Number of messages in a mailbox, or undefined if there is none of this name. */
  async count(mailbox: string): Promise<number | undefined> {
    let found: number | undefined;
    await this.command(`STATUS ${quote(mailbox)} (MESSAGES)`, (line) => {
      const number = /MESSAGES (\d+)/.exec(line)?.[1];
      if (number !== undefined) found = Number(number);
    });
    return found;
  }

  async close(): Promise<void> {
    await this.command('LOGOUT').catch(() => undefined);
    this.socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.octetsIn += chunk.length;
    const data = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    for (;;) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, data.length - at);
        at += skipped;
        this.#skip -= skipped;
      }
      const end = this.#skip > 0 ? -1 : data.indexOf(lf, at);
      if (end < 0) break;
      this.#line(data, at, end);
      at = end + 1;
    }
    this.#rest = data.subarray(at);
  }

  /** One line of the wire, from `start` to the LF at `end`; it may be a piece of a response with literals. */
  #line(data: Buffer, start: number, end: number): void {
    const kind = this.#open?.kind ?? data[start] ?? 0;
    if (data[end - 2] === brace) {
      const size = /\{(\d+)\}$/.exec(data.toString('latin1', Math.max(start, end - 20), end - 1))?.[1];
      if (size !== undefined) {
        this.#open ??= { kind, head: this.#wanted() ? data.toString('latin1', start, end - 1) : '' };
        this.#skip = Number(size);
        return;
      }
    }
    const head = this.#open?.head;
    this.#open = undefined;
    if (kind === star) this.#untagged(head, data, start, end);
    else if (kind === plus) this.#continuation?.(data.toString('latin1', start, end - 1));
    else this.#tagged(data.toString('latin1', start, end - 1));
  }

  #wanted(): boolean {
    return this.#waiting[0]?.onLine !== undefined || this.onUntagged !== undefined || this.#greeting !== undefined;
  }

  #untagged(head: string | undefined, data: Buffer, start: number, end: number): void {
    const oldest = this.#waiting[0];
    if (oldest) oldest.untagged++;
    if (!this.#wanted()) return;
    const line = head ?? data.toString('latin1', start, end - 1);
    if (this.#greeting) {
      this.#greeting(line);
      this.#greeting = undefined;
    } else if (oldest?.onLine) oldest.onLine(line);
    else this.onUntagged?.(line);
  }

  #tagged(line: string): void {
    const space = line.indexOf(' ');
    const at = this.#waiting.findIndex((w) => w.tag === line.slice(0, space));
    const [waiting] = at < 0 ? [] : this.#waiting.splice(at, 1);
    const text = line.slice(space + 1);
    waiting?.resolve({ ok: text.startsWith('OK'), text, untagged: waiting.untagged });
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#failure);
  }
}

/** A quoted string of IMAP. */
export function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}

/** An APPEND with non-synchronising literals (RFC 7888); several messages make a MULTIAPPEND (RFC 3502). */
export function append(mailbox: string, messages: readonly Uint8Array[]): (string | Uint8Array)[] {
  return [`APPEND ${quote(mailbox)}`, ...messages.flatMap((m) => [` {${m.length}+}\r\n`, m])];
}
