/** A mail host that takes everything, quickly, and remembers what it took. */
import { createServer, type Server, type Socket } from 'node:net';

export interface SinkOptions {
  /** Recipients of this domain get no answer at all. */
  readonly silentFor?: string;
}

export class SmtpSink {
  /** How often each message arrived, by its `X-Number`. */
  readonly arrived = new Map<number, number>();
  /** Connections that ended within a transaction, or before the other side showed that it knew its end. */
  cutOff = 0;
  readonly #open = new Set<Socket>();
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #options: SinkOptions;
  #port = 0;
  #told: (() => void) | undefined;

  private constructor(options: SinkOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async start(options: SinkOptions = {}): Promise<SmtpSink> {
    const sink = new SmtpSink(options);
    await new Promise<void>((resolve) => sink.#server.listen(0, '127.0.0.1', 500, resolve));
    const address = sink.#server.address();
    sink.#port = typeof address === 'object' && address !== null ? address.port : 0;
    return sink;
  }

  get port(): number {
    return this.#port;
  }

  /** Resolves when so many different messages are there. */
  async untilArrived(count: number): Promise<void> {
    while (this.arrived.size < count) await new Promise<void>((resolve) => (this.#told = resolve));
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    let inData = false;
    let pending = '';
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (this.#open.delete(socket)) this.cutOff += 1;
    });
    socket.on('data', (text: string) => {
      pending += text;
      for (;;) {
        const mark = inData ? '\r\n.\r\n' : '\r\n';
        const end = pending.indexOf(mark);
        if (end < 0) return;
        const piece = pending.slice(0, end);
        pending = pending.slice(end + mark.length);
        if (inData) this.#take(piece);
        inData = !inData && /^DATA/i.test(piece);
        const answer = mark.length > 2 ? '250 2.0.0 taken' : this.#answer(socket, piece);
        if (answer !== undefined) socket.write(`${answer}\r\n`);
      }
    });
    socket.write('220 sink.test ESMTP\r\n');
  }

  #answer(socket: Socket, line: string): string | undefined {
    const verb = line.slice(0, 4).toUpperCase();
    // Whoever says something else has noted how the last transaction ended.
    if (verb !== 'RCPT' && verb !== 'DATA') this.#open.delete(socket);
    switch (verb) {
      case 'EHLO':
        return '250-sink.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES';
      case 'MAIL':
        this.#open.add(socket);
        return '250 2.1.0 fine';
      case 'RCPT': {
        const { silentFor } = this.#options;
        return silentFor !== undefined && line.includes(`@${silentFor}>`) ? undefined : '250 2.1.5 fine';
      }
      case 'DATA':
        return '354 go on';
      case 'QUIT':
        return '221 2.0.0 bye';
      default:
        return '250 2.0.0 fine';
    }
  }

  #take(message: string): void {
    const number = Number(/^X-Number: (\d+)$/m.exec(message)?.[1] ?? -1);
    this.arrived.set(number, (this.arrived.get(number) ?? 0) + 1);
    this.#told?.();
  }
}
