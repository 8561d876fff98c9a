/** A mail host of the outside world that does what a test wants. For tests only. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';

export interface Taken {
  readonly from: string;
  readonly to: readonly string[];
  /** Of MAIL, with its parameters. */
  readonly mail: string;
  readonly rcpts: readonly string[];
  readonly octets: Buffer;
  readonly isTls: boolean;
  readonly way: 'DATA' | 'BDAT';
  /** Number of the connection, from 1. */
  readonly connection: number;
}

export interface Behaviour {
  /** Undefined: a usual one; '' is silence. */
  readonly greeting?: string;
  /** Lines of the reply to EHLO behind the first; STARTTLS is added where there is a certificate and no TLS yet. */
  readonly offers?: readonly string[];
  /** The same as long as there is no TLS, where that is another one. */
  readonly plainOffers?: readonly string[];
  readonly certificate?: { readonly certPem: string; readonly keyPem: string };
  /** Says 220 to STARTTLS and then no TLS. */
  readonly breaksTls?: true | 'silence';
  readonly ehlo?: string;
  readonly starttls?: string;
  readonly mail?: string;
  /** The reply to a recipient; `nth` counts from 0 within the transaction. */
  readonly rcpt?: (address: string, nth: number) => string;
  readonly data?: string;
  /** The reply to the message; `drop` hangs up, `silence` says nothing. */
  readonly end?: string;
  /** That reply takes so long. */
  readonly endAfterMs?: number;
  /** Hangs up once so many octets of the message have come. */
  readonly dropAfterBytes?: number;
  /** Hangs up instead of an answer to this command. */
  readonly dropAt?: string;
  /** Answers without end to MAIL. */
  readonly floods?: boolean;
  /** Messages of one connection; then 421 and good-bye. */
  readonly maxMessages?: number;
  readonly auth?: (line: string) => string;
}

export interface FakeHost {
  readonly address: string;
  readonly port: number;
  readonly taken: Taken[];
  readonly lines: string[];
  /** Where each connection came from. */
  readonly peers: string[];
  /** Connections so far. */
  readonly connections: () => number;
  behave(behaviour: Behaviour): void;
  close(): void;
}

/** Listens on `address`; `port` 0 is any. */
export async function startFakeHost(address: string, port: number, behaviour: Behaviour = {}): Promise<FakeHost> {
  const taken: Taken[] = [];
  const lines: string[] = [];
  const peers: string[] = [];
  const sockets = new Set<Socket>();
  let count = 0;
  let current = behaviour;
  const server = createServer((socket) => {
    sockets.add(socket);
    peers.push(socket.remoteAddress ?? '');
    socket.on('close', () => sockets.delete(socket));
    new FakeSession(socket, () => current, ++count, taken, lines).start();
  });
  server.listen(port, address);
  await once(server, 'listening');
  const bound = server.address();
  return {
    ...{ address, port: bound !== null && typeof bound === 'object' ? bound.port : port, taken, lines, peers },
    connections: () => count,
    behave(next) {
      current = next;
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

const usualOffers = ['PIPELINING', 'SIZE 10000000', '8BITMIME', 'ENHANCEDSTATUSCODES', 'SMTPUTF8', 'DSN'];

class FakeSession {
  #socket: Socket;
  readonly #behave: () => Behaviour;
  readonly #number: number;
  readonly #taken: Taken[];
  readonly #lines: string[];
  #held: Buffer = Buffer.alloc(0);
  #searched = 0;
  #mail = '';
  #rcpts: string[] = [];
  #to: string[] = [];
  #tried = 0;
  #messages = 0;
  #body: Buffer[] | undefined;
  #parts: Buffer[] | undefined;
  #chunk: { left: number; readonly last: boolean } | undefined;
  #isTls = false;

  constructor(socket: Socket, behave: () => Behaviour, number: number, taken: Taken[], lines: string[]) {
    this.#socket = socket;
    this.#behave = behave;
    this.#number = number;
    this.#taken = taken;
    this.#lines = lines;
  }

  /** A host may change its mind in the middle of a session. */
  get #behaviour(): Behaviour {
    return this.#behave();
  }

  start(): void {
    this.#listen(this.#socket);
    const { greeting = '220 fake ESMTP\r\n' } = this.#behaviour;
    this.#socket.write(greeting);
  }

  #listen(socket: Socket): void {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      this.#held = Buffer.concat([this.#held, chunk]);
      this.#work();
    });
  }

  #say(text: string): void {
    this.#socket.write(`${text}\r\n`);
  }

  #work(): void {
    while (this.#held.length > 0 && !this.#socket.destroyed) {
      if (this.#chunk ? !this.#takeChunk(this.#chunk) : this.#body ? !this.#takeData(this.#body) : !this.#takeLine())
        return;
    }
  }

  #takeLine(): boolean {
    const end = this.#held.indexOf('\r\n');
    if (end < 0) return false;
    const line = this.#held.subarray(0, end).toString();
    this.#held = this.#held.subarray(end + 2);
    this.#lines.push(line);
    this.#command(line);
    return true;
  }

  #command(line: string): void {
    const verb = line.split(' ')[0]?.toUpperCase() ?? '';
    const { dropAt, mail = '250 2.1.0 ok', auth } = this.#behaviour;
    if (verb === dropAt) return void this.#socket.destroy();
    if (verb === 'EHLO') return this.#ehlo();
    if (verb === 'HELO') return this.#say('250 fake');
    if (verb === 'STARTTLS') return this.#startTls();
    if (verb === 'AUTH' && auth) return this.#say(auth(line));
    if (verb === 'MAIL') {
      if (this.#behaviour.floods) return this.#flood();
      if (this.#messages >= (this.#behaviour.maxMessages ?? Infinity))
        return void this.#socket.end('421 4.7.0 enough\r\n');
      [this.#mail, this.#rcpts, this.#to, this.#tried] = [line, [], [], 0];
      return this.#say(mail);
    }
    if (verb === 'RCPT') return this.#rcpt(line);
    if (verb === 'DATA') return this.#data();
    if (verb === 'BDAT') return this.#bdat(line);
    if (verb === 'RSET') return this.#say('250 ok');
    if (verb === 'QUIT') return void this.#socket.end('221 bye\r\n');
    this.#say('500 5.5.1 what?');
  }

  #ehlo(): void {
    const { offers: usual = usualOffers, plainOffers = usual, certificate, breaksTls, ehlo } = this.#behaviour;
    const offers = this.#isTls ? usual : plainOffers;
    if (ehlo !== undefined) return this.#say(ehlo);
    const withTls = (certificate || breaksTls) && !this.#isTls ? [...offers, 'STARTTLS'] : offers;
    const all = ['fake', ...withTls];
    this.#say(all.map((text, at) => `250${at === all.length - 1 ? ' ' : '-'}${text}`).join('\r\n'));
  }

  #startTls(): void {
    const { certificate, breaksTls, starttls = '220 go' } = this.#behaviour;
    this.#say(starttls);
    if (!starttls.startsWith('220')) return;
    this.#socket.removeAllListeners('data');
    if (breaksTls === 'silence') return;
    if (breaksTls || !certificate) {
      // Only once the other side speaks TLS: what comes sooner is thrown away.
      this.#socket.once('data', () => this.#socket.end('this is not TLS\r\n'));
      return;
    }
    const secureContext = createSecureContext({ cert: certificate.certPem, key: certificate.keyPem });
    this.#socket = new TLSSocket(this.#socket, { isServer: true, secureContext });
    this.#isTls = true;
    this.#held = Buffer.alloc(0);
    this.#listen(this.#socket);
  }

  #rcpt(line: string): void {
    const address = /<([^>]*)>/.exec(line)?.[1] ?? '';
    const reply = this.#behaviour.rcpt?.(address, this.#tried++) ?? '250 2.1.5 ok';
    if (reply.startsWith('25')) this.#to.push(address);
    this.#rcpts.push(line);
    this.#say(reply);
  }

  #data(): void {
    const { data = '354 go' } = this.#behaviour;
    if (this.#to.length === 0) return this.#say('503 5.5.1 no recipient');
    this.#say(data);
    if (data.startsWith('354')) this.#body = [];
  }

  #takeData(body: Buffer[]): boolean {
    const { dropAfterBytes } = this.#behaviour;
    if (dropAfterBytes !== undefined && this.#held.length >= dropAfterBytes) {
      this.#socket.destroy();
      return false;
    }
    const isEmpty = body.length === 0 && this.#held.subarray(0, 3).equals(Buffer.from('.\r\n'));
    const end = isEmpty ? -2 : this.#held.indexOf('\r\n.\r\n', this.#searched);
    this.#searched = Math.max(0, this.#held.length - 4);
    if (end < -1 || end >= 0) {
      body.push(this.#held.subarray(0, end + 2));
      this.#held = this.#held.subarray(end + 5);
      this.#body = undefined;
      this.#searched = 0;
      const text = Buffer.concat(body).toString('latin1').replace(/^\.\./gm, '.');
      this.#complete(Buffer.from(text, 'latin1'), 'DATA');
      return true;
    }
    return false;
  }

  #bdat(line: string): void {
    const [, size = '0', last] = line.split(' ');
    this.#chunk = { left: Number(size), last: last === 'LAST' };
    this.#parts ??= [];
    if (this.#chunk.left === 0) this.#takeChunk(this.#chunk);
  }

  #takeChunk(chunk: { left: number; readonly last: boolean }): boolean {
    const piece = this.#held.subarray(0, chunk.left);
    this.#held = this.#held.subarray(piece.length);
    chunk.left -= piece.length;
    this.#parts?.push(piece);
    if (chunk.left > 0) return false;
    this.#chunk = undefined;
    if (!chunk.last) this.#say('250 2.0.0 chunk');
    else {
      const octets = Buffer.concat(this.#parts ?? []);
      this.#parts = undefined;
      this.#complete(octets, 'BDAT');
    }
    return true;
  }

  #complete(octets: Buffer, way: 'DATA' | 'BDAT'): void {
    const { end = '250 2.0.0 taken', endAfterMs } = this.#behaviour;
    this.#messages++;
    const from = /<([^>]*)>/.exec(this.#mail)?.[1] ?? '';
    const base = { from, to: this.#to, mail: this.#mail, rcpts: this.#rcpts, octets, way, isTls: this.#isTls };
    if (end.startsWith('25') || end === 'drop') this.#taken.push({ ...base, connection: this.#number });
    if (end === 'drop') this.#socket.destroy();
    else if (endAfterMs !== undefined) setTimeout(() => this.#say(end), endAfterMs);
    else if (end !== 'silence') this.#say(end);
  }

  #flood(): void {
    const piece = '250-more\r\n'.repeat(1000);
    const more = (): void => {
      while (!this.#socket.destroyed && this.#socket.write(piece));
    };
    this.#socket.on('drain', more);
    more();
  }
}
