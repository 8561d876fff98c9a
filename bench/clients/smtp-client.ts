/** An SMTP client for measuring: plain, STARTTLS, new connection for each message or a reused one. */
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface SmtpAddress {
  readonly host: string;
  readonly port: number;
  readonly localAddress?: string;
}

interface Waiting {
  readonly resolve: (reply: string) => void;
  readonly reject: (error: Error) => void;
}

export class SmtpClient {
  #socket: Socket;
  #text = '';
  #reply = '';
  readonly #waiting: Waiting[] = [];
  #failure: Error | undefined;
  /** The reply to EHLO. */
  extensions = '';

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#listen(socket);
  }

  /** Connects, says EHLO, and with `starttls` makes a full handshake and says it again. */
  static async connect(
    to: SmtpAddress,
    options: { readonly helo: string; readonly starttls?: boolean },
  ): Promise<SmtpClient> {
    const client = new SmtpClient(connect(to));
    await client.#expect('2');
    client.extensions = await client.command(`EHLO ${options.helo}`);
    if (options.starttls === true) {
      await client.command('STARTTLS');
      await client.#startTls();
      client.extensions = await client.command(`EHLO ${options.helo}`);
    }
    return client;
  }

  /** Sends a command and waits; a reply that does not begin with `want` throws. */
  command(line: string, want = '2'): Promise<string> {
    this.#socket.write(`${line}\r\n`);
    return this.#expect(want);
  }

  /** One transaction. `body` is dot-stuffed and ends in CRLF. With `pipeline` the envelope is one write (RFC 2920). */
  async send(from: string, to: readonly string[], body: Uint8Array, pipeline = false): Promise<string> {
    const envelope = [`MAIL FROM:<${from}>`, ...to.map((address) => `RCPT TO:<${address}>`)];
    if (pipeline) {
      this.#socket.write(`${envelope.join('\r\n')}\r\nDATA\r\n`);
      await Promise.all([...envelope.map(() => this.#expect('2')), this.#expect('3')]);
    } else {
      for (const line of envelope) await this.command(line);
      await this.command('DATA', '3');
    }
    return this.#body(body);
  }

  /** DATA and the octets, dot-stuffed and ending in CRLF, after an envelope was given by `command`. */
  async data(body: Uint8Array): Promise<string> {
    await this.command('DATA', '3');
    return this.#body(body);
  }

  #body(body: Uint8Array): Promise<string> {
    this.#socket.cork();
    this.#socket.write(body);
    this.#socket.write('.\r\n');
    this.#socket.uncork();
    return this.#expect('2');
  }

  async quit(): Promise<void> {
    await this.command('QUIT').catch(() => undefined);
    this.#socket.destroy();
  }

  async #startTls(): Promise<void> {
    const plain = this.#socket;
    plain.removeAllListeners();
    const socket = connectTls({ socket: plain, rejectUnauthorized: false });
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
    });
    this.#socket = socket;
    this.#listen(socket);
  }

  #listen(socket: Socket): void {
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.#take(text));
    const end = (error?: Error): void => {
      this.#failure ??= error ?? new Error('the server closed the SMTP connection');
      for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#failure);
    };
    socket.on('error', end);
    socket.on('close', () => end());
  }

  #take(text: string): void {
    this.#text += text;
    for (;;) {
      const end = this.#text.indexOf('\n');
      if (end < 0) return;
      const line = this.#text.slice(0, end + 1);
      this.#text = this.#text.slice(end + 1);
      this.#reply += line;
      if (line[3] === '-') continue;
      this.#waiting.shift()?.resolve(this.#reply);
      this.#reply = '';
    }
  }

  async #expect(want: string): Promise<string> {
    if (this.#failure) throw this.#failure;
    const reply = await new Promise<string>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    if (!reply.startsWith(want)) throw new Error(`SMTP: ${reply.trim()}`);
    return reply;
  }
}

/** Doubles leading dots, as DATA wants it (RFC 5321 section 4.5.2). */
export function dotStuff(message: Buffer): Buffer {
  if (message[0] !== 46 && !message.includes('\n.')) return message;
  return Buffer.from(message.toString('latin1').replaceAll(/^\./gm, '..'), 'latin1');
}
