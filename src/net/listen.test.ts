import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Conversation, Converse, Input, Peer, Sink } from '../base/conversation.ts';
import { silentLog } from '../base/log.ts';
import { createConnectionLimits } from './limits.ts';
import { listen } from './listen.ts';
import type { Listener, ListenOptions } from './listen.ts';
import { localhostCertificate, otherCertificate } from './test-certificates.ts';
import { createTlsIdentity } from './tls.ts';

type Event = string;
const refusals = { tooMany: 'too many\r\n', blocked: 'blocked\r\n', closing: 'closing\r\n' };
const open: Listener[] = [];
const clients: Socket[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await Promise.all(open.splice(0).map((listener) => listener.close({ graceMs: 100 })));
});

/** A small protocol that uses all of the seam. */
class Echo implements Conversation<Event> {
  readonly seen: string[] = [];
  ended = 0;
  readonly peer: Peer;
  readonly sink: Sink<Event>;
  tlsCount = 0;
  constructor(peer: Peer, sink: Sink<Event>) {
    this.peer = peer;
    this.sink = sink;
  }
  greet(): void {
    this.sink.write(`hello${this.peer.tls === undefined ? '' : ` ${this.peer.tls.version}`}\r\n`);
  }
  accept(input: Input<Event>): void | Promise<void> {
    const { sink } = this;
    switch (input.kind) {
      case 'line':
        return this.line(Buffer.from(input.line).toString('latin1'));
      case 'octets':
        sink.write(`octets ${Buffer.from(input.octets).toString('latin1')}${input.last ? ' last' : ''}\r\n`);
        return undefined;
      case 'framed':
        if (input.done) sink.write('framed\r\n');
        return undefined;
      case 'event':
        sink.write(`event ${input.event}\r\n`);
        return undefined;
      case 'tls':
        this.tlsCount++;
        sink.write(`tls ${input.tls.version} ${input.tls.peerPublicKey?.length ?? 0}\r\n`);
        return undefined;
      case 'timeout':
        sink.write(`timeout ${input.why}\r\n`);
        sink.close();
        return undefined;
      case 'line-too-long':
        sink.write('too long\r\n');
        return undefined;
      case 'shutdown':
        sink.write('bye\r\n');
        sink.close();
    }
  }
  line(text: string): void | Promise<void> {
    const { sink } = this;
    this.seen.push(text);
    const [verb = '', argument = ''] = text.split(' ');
    switch (verb) {
      case 'count':
        return sink.expectOctets(Number(argument));
      case 'frame':
        return sink.expectFramed({
          push: (chunk) => {
            const at = chunk.indexOf(33);
            return at < 0 ? { consumed: chunk.length, done: false } : { consumed: at + 1, done: true };
          },
        });
      case 'starttls':
        sink.write('go\r\n');
        return sink.startTls();
      case 'slow':
        return sink.delay(20).then(() => sink.write('slow done\r\n'));
      case 'later': {
        const release = sink.hold();
        setTimeout(() => {
          sink.post('late');
          release();
        }, 20);
        return sink.write('begun\r\n');
      }
      case 'post':
        sink.post('one');
        sink.post('two');
        return sink.write('posted\r\n');
      case 'big':
        return this.big(Number(argument));
      case 'idle':
        return sink.idleLimit(Number(argument));
      case 'throw':
        throw new Error('a bug');
      case 'reject':
        return Promise.reject(new Error('a bug'));
      case 'quit':
        sink.write('quit\r\n');
        return sink.close();
      case 'part':
        sink.write(`${'x'.repeat(Number(argument))} parted\r\n`);
        return sink.close(true);
      default:
        sink.write(`echo ${text}\r\n`);
    }
  }
  async big(pieces: number): Promise<void> {
    const piece = Buffer.alloc(65_536, 'x');
    for (let i = 0; i < pieces && !this.sink.closed; i++) {
      this.sink.write(piece);
      await this.sink.drained();
      maxPending = Math.max(maxPending, this.sink.pendingBytes);
    }
    this.sink.write('\r\nbig done\r\n');
  }
  end(): void {
    this.ended++;
  }
}
let maxPending = 0;

async function start(options: Partial<ListenOptions<Event>> = {}): Promise<{ listener: Listener; echoes: Echo[] }> {
  const echoes: Echo[] = [];
  const converse: Converse<Event> = (peer, sink) => {
    const echo = new Echo(peer, sink);
    echoes.push(echo);
    return echo;
  };
  const base = { name: 'test', host: '127.0.0.1', port: 0, converse, refusals, log: silentLog };
  const listener = await listen<Event>({ ...base, timings: { tickMs: 10 }, ...options });
  open.push(listener);
  return { listener, echoes };
}

/** A client that collects what it hears. */
class Client {
  readonly socket: Socket;
  text = '';
  closed = false;
  constructor(socket: Socket) {
    this.socket = socket;
    clients.push(socket);
    socket.on('data', (chunk: Buffer) => (this.text += chunk.toString('latin1')));
    socket.on('error', () => {});
    socket.on('close', () => (this.closed = true));
  }
  async until(text: string): Promise<string> {
    while (!this.text.includes(text)) {
      if (this.closed) throw new Error(`closed after ${JSON.stringify(this.text.slice(-200))}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return this.text;
  }
  async untilClosed(): Promise<string> {
    while (!this.closed) await new Promise((resolve) => setTimeout(resolve, 2));
    return this.text;
  }
}

async function client(listener: Listener): Promise<Client> {
  const made = new Client(connect(listener.port, '127.0.0.1'));
  await once(made.socket, 'connect');
  return made;
}

async function secure(plain: Socket | number, options: object = {}): Promise<Client> {
  const where = typeof plain === 'number' ? { port: plain, host: '127.0.0.1' } : { socket: plain };
  const socket: TLSSocket = connectTls({ ...where, rejectUnauthorized: false, ...options });
  const made = new Client(socket);
  await once(socket, 'secureConnect');
  return made;
}

const identity = () => createTlsIdentity({ certificates: [localhostCertificate] });

describe('inputs', () => {
  test('pipelined lines, counts and frames come one after the other out of one packet', async () => {
    const { listener } = await start();
    const c = await client(listener);
    c.socket.write('a\r\ncount 3\r\n123b\r\nframe\r\nxx!c\r\npost\r\nd\nquit\r\nnever\r\n');
    const text = await c.untilClosed();
    expect(text).toContain(
      'echo a\r\noctets 123 last\r\necho b\r\nframed\r\necho c\r\nposted\r\nevent one\r\nevent two\r\necho d\r\nquit\r\n',
    );
    expect(text).not.toContain('never');
  });

  test('one octet at a time makes no difference', async () => {
    const { listener } = await start();
    const c = await client(listener);
    for (const octet of 'a\r\ncount 3\r\n123frame\r\nxx!b\r\n') {
      c.socket.write(octet);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await c.until('echo b');
    expect(c.text).toMatch(/^hello\r\necho a\r\n(octets .+\r\n)+framed\r\necho b\r\n$/);
  });

  test('input waits for an asynchronous answer', async () => {
    const { listener, echoes } = await start();
    const c = await client(listener);
    c.socket.write('slow\r\na\r\n');
    await c.until('echo a');
    expect(c.text).toBe('hello\r\nslow done\r\necho a\r\n');
    expect(echoes[0]?.seen).toEqual(['slow', 'a']);
  });

  test('a client that closes its half is answered first', async () => {
    const { listener, echoes } = await start();
    const c = await client(listener);
    c.socket.end('slow\r\na\r\nb\r\n');
    expect(await c.untilClosed()).toBe('hello\r\nslow done\r\necho a\r\necho b\r\n');
    await expect.poll(() => echoes[0]?.ended).toBe(1);
  });

  test('a client that closes its half hears what is held for later', async () => {
    const { listener, echoes } = await start();
    const c = await client(listener);
    c.socket.end('later\r\na\r\n');
    expect(await c.untilClosed()).toBe('hello\r\nbegun\r\necho a\r\nevent late\r\n');
    await expect.poll(() => echoes[0]?.ended).toBe(1);
  });

  test('lines that are too long are told once and not kept', async () => {
    const { listener } = await start();
    const c = await client(listener);
    c.socket.write(`${'x'.repeat(200_000)}\r\na\r\n`);
    await c.until('echo a');
    expect(c.text).toBe('hello\r\ntoo long\r\necho a\r\n');
  });

  test('a conversation that throws or rejects loses its connection only', async () => {
    const { listener, echoes } = await start();
    for (const verb of ['throw', 'reject']) {
      const c = await client(listener);
      c.socket.write(`${verb}\r\n`);
      await c.untilClosed();
    }
    await expect.poll(() => echoes.map(({ ended }) => ended)).toEqual([1, 1]);
    const c = await client(listener);
    c.socket.write('a\r\n');
    await c.until('echo a');
  });

  test('ten thousand pipelined lines are all answered', async () => {
    const { listener } = await start();
    const c = await client(listener);
    c.socket.write('a\r\n'.repeat(10_000));
    c.socket.write('last\r\n');
    const text = await c.until('echo last');
    expect(text.match(/echo a\r\n/g)?.length).toBe(10_000);
  });
});

describe('flow', () => {
  test('a long answer waits for a slow reader, and nothing is lost', async () => {
    const { listener } = await start();
    maxPending = 0;
    const c = await client(listener);
    c.socket.pause();
    c.socket.write('big 400\r\n');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(maxPending).toBeLessThan(1_000_000);
    c.socket.resume();
    const text = await c.until('big done');
    expect(text.length).toBe('hello\r\n'.length + 400 * 65_536 + '\r\nbig done\r\n'.length);
  });

  test('commands of a client that does not read are not handled without end', async () => {
    const { listener, echoes } = await start();
    const c = await client(listener);
    c.socket.pause();
    const line = `${'y'.repeat(1000)}\r\n`;
    for (let i = 0; i < 100; i++) c.socket.write(line.repeat(200));
    await expect.poll(() => echoes[0]?.seen.length ?? 0).toBeGreaterThan(100);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const handled = echoes[0]?.seen.length ?? 0;
    expect(handled).toBeLessThan(20_000);
    expect(echoes[0]?.sink.pendingBytes).toBeLessThan(2_000_000);
    c.socket.resume();
    await expect.poll(() => echoes[0]?.seen.length, { timeout: 20_000 }).toBe(20_000);
  });

  test('a peer that never reads is dropped', async () => {
    const { listener, echoes } = await start({ timings: { tickMs: 10, stallMs: 100 } });
    const c = await client(listener);
    c.socket.pause();
    c.socket.write('big 400\r\n');
    await expect.poll(() => echoes[0]?.ended, { timeout: 10_000 }).toBe(1);
  });
});

describe('time', () => {
  test('silence is told after the idle limit, a piece of a line does not count', async () => {
    const { listener } = await start();
    const c = await client(listener);
    c.socket.write('idle 150\r\n');
    const timer = setInterval(() => c.socket.write('x'), 20);
    expect(await c.untilClosed()).toBe('hello\r\ntimeout idle\r\n');
    clearInterval(timer);
  });

  test('data that comes too slowly is told', async () => {
    const { listener } = await start({ timings: { tickMs: 10, rateGraceMs: 50, minBytesPerSecond: 10_000 } });
    const c = await client(listener);
    c.socket.write('count 100000\r\n');
    const timer = setInterval(() => c.socket.write('x'), 5);
    await c.untilClosed();
    clearInterval(timer);
    expect(c.text).toContain('timeout too-slow');
  });

  test('a peer that does not close after our goodbye is dropped', async () => {
    const { listener, echoes } = await start({ timings: { tickMs: 10, lingerMs: 50 } });
    const socket = connect({ port: listener.port, host: '127.0.0.1', allowHalfOpen: true });
    const c = new Client(socket);
    c.socket.write('quit\r\n');
    await c.until('quit');
    await expect.poll(() => echoes[0]?.ended).toBe(1);
  });

  test('a peer that said goodbye is not waited for, and hears all of the last words', async () => {
    const { listener, echoes } = await start({ timings: { tickMs: 10, lingerMs: 60_000 } });
    for (const [at, octets] of [10, 20_000_000].entries()) {
      const c = new Client(connect({ port: listener.port, host: '127.0.0.1', allowHalfOpen: octets < 100 }));
      c.socket.write(`part ${octets}\r\n`);
      const text = await c.until('parted');
      expect(text.length).toBe('hello\r\n parted\r\n'.length + octets);
      await expect.poll(() => echoes[at]?.ended).toBe(1);
    }
    const plain = await start({ tls: { mode: 'implicit', identity: identity() } });
    const c = await secure(plain.listener.port);
    const ended = once(c.socket, 'end');
    c.socket.write('part 5\r\n');
    await ended;
    expect(c.text).toContain('xxxxx parted');
    await expect.poll(() => plain.echoes[0]?.ended).toBe(1);
  });

  test('the system looks after connections that last, and is not asked to for others', async () => {
    const keepAlive = vi.spyOn(Socket.prototype, 'setKeepAlive');
    const { listener, echoes } = await start({ timings: { tickMs: 600_000 } });
    const short = await client(listener);
    short.socket.end('quit\r\n');
    await expect.poll(() => echoes[0]?.ended).toBe(1);
    expect(keepAlive).not.toHaveBeenCalled();
    await client((await start()).listener);
    await expect.poll(() => keepAlive.mock.calls).toEqual([[true, 120_000]]);
    keepAlive.mockRestore();
  });
});

describe('limits', () => {
  test('are asked before TLS, counted down at the end, and refuse with a line', async () => {
    const limits = createConnectionLimits({ open: [2, 9, 9] });
    const { listener } = await start({ limits });
    const one = await client(listener);
    const two = await client(listener);
    await one.until('hello');
    await two.until('hello');
    expect(await (await client(listener)).untilClosed()).toBe('too many\r\n');
    one.socket.end();
    await one.untilClosed();
    await expect.poll(() => listener.connections).toBe(1);
    await (await client(listener)).until('hello');
  });

  test('an address that is not admitted is told so', async () => {
    const { listener } = await start({ admit: (address) => address !== '127.0.0.1' });
    expect(await (await client(listener)).untilClosed()).toBe('blocked\r\n');
  });

  test('with implicit TLS refused connections see no handshake', async () => {
    const tls = { mode: 'implicit', identity: identity() } as const;
    const { listener } = await start({ tls, limits: createConnectionLimits({ open: [0, 0, 0] }) });
    expect(await (await client(listener)).untilClosed()).toBe('');
  });
});

describe('TLS', () => {
  test('implicit', async () => {
    const { listener } = await start({ tls: { mode: 'implicit', identity: identity() } });
    const c = await secure(listener.port);
    c.socket.write('a\r\nquit\r\n');
    expect(await c.untilClosed()).toBe('hello TLSv1.3\r\necho a\r\nquit\r\n');
  });

  test('MUST 6.2.1-3: what was sent in plain text behind STARTTLS is thrown away', async () => {
    const { listener, echoes } = await start({ tls: { mode: 'starttls', identity: identity() } });
    const plain = await client(listener);
    await plain.until('hello');
    plain.socket.write('starttls\r\ninjected\r\ninje');
    await plain.until('go');
    plain.socket.removeAllListeners('data');
    const c = await secure(plain.socket);
    c.socket.write('cted\r\n');
    await c.until('echo cted');
    expect(c.text).toBe('tls TLSv1.3 0\r\necho cted\r\n');
    expect(echoes[0]?.seen).toEqual(['starttls', 'cted']);
  });

  test('the key of a client certificate is told when it was asked for', async () => {
    const tls = { mode: 'implicit', identity: identity(), requestClientCertificate: true } as const;
    const { listener, echoes } = await start({ tls });
    const c = await secure(listener.port, { key: otherCertificate.keyPem, cert: otherCertificate.certPem });
    await c.until('hello');
    expect(echoes[0]?.peer.tls?.peerPublicKey?.length).toBe(91);
    expect(echoes[0]?.peer.tls).toMatchObject({ version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', resumed: false });
  });

  test('both ends have the same channel binding on TLS 1.3, and no other connection has it', async () => {
    const { listener, echoes } = await start({ tls: { mode: 'implicit', identity: identity() } });
    const ends = [await secure(listener.port), await secure(listener.port, { maxVersion: 'TLSv1.3' })];
    for (const end of ends) await end.until('hello');
    const ours = echoes.map(({ peer }) =>
      Buffer.from(peer.tls?.channelBinding?.('tls-exporter') ?? []).toString('hex'),
    );
    const theirs = ends.map(({ socket }) =>
      (socket as TLSSocket).exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0)).toString('hex'),
    );
    expect(ours.toSorted()).toEqual(theirs.toSorted());
    expect(new Set(ours).size).toBe(2);
    expect(echoes[0]?.peer.tls?.channelBinding?.('tls-unique')).toBeUndefined();
    const [end] = ends.map(({ socket }) => socket as TLSSocket);
    const certificate = end?.getPeerX509Certificate();
    expect(Buffer.from(echoes[0]?.peer.tls?.channelBinding?.('tls-server-end-point') ?? [])).toEqual(
      createHash('sha256')
        .update(certificate?.raw ?? '')
        .digest(),
    );
    const old = await secure(listener.port, { maxVersion: 'TLSv1.2' });
    await old.until('hello');
    expect(echoes[2]?.peer.tls?.channelBinding?.('tls-unique')).toEqual((old.socket as TLSSocket).getFinished());
  });

  test('TLS 1.1 is refused, 1.2 is not', async () => {
    const { listener } = await start({ tls: { mode: 'implicit', identity: identity() } });
    const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' };
    await expect(secure(listener.port, old)).rejects.toThrow();
    const c = await secure(listener.port, { maxVersion: 'TLSv1.2' });
    await c.until('hello TLSv1.2');
  });

  test('the certificate follows the name, and reload takes effect for the next connection', async () => {
    const both = createTlsIdentity({ certificates: [localhostCertificate, otherCertificate] });
    const { listener } = await start({ tls: { mode: 'implicit', identity: both } });
    const nameOf = async (servername: string) => {
      const c = await secure(listener.port, { servername });
      const { subject } = (c.socket as TLSSocket).getPeerCertificate();
      return subject.CN;
    };
    expect(await nameOf('mail.example.test')).toBe('mail.example.test');
    expect(await nameOf('localhost')).toBe('localhost');
    expect(await nameOf('unknown.example')).toBe('localhost');
    both.reload([otherCertificate]);
    expect(await nameOf('localhost')).toBe('mail.example.test');
    expect(() => both.reload([{ certPem: otherCertificate.certPem, keyPem: localhostCertificate.keyPem }])).toThrow();
    expect(await nameOf('localhost')).toBe('mail.example.test');
  });

  test('an unknown name ends the handshake where it must', async () => {
    const { listener } = await start({ tls: { mode: 'implicit', identity: identity(), unknownName: 'refuse' } });
    await expect(secure(listener.port, { servername: 'unknown.example' })).rejects.toThrow();
    await (await secure(listener.port, { servername: 'localhost' })).until('hello');
    await (await secure(listener.port)).until('hello');
  });

  for (const tickets of [true, false]) {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      test(`sessions are ${tickets ? '' : 'not '}resumed with ${maxVersion}`, async () => {
        const { listener } = await start({ tls: { mode: 'implicit', identity: identity(), tickets } });
        let session: Buffer | undefined;
        const first = await secure(listener.port, { maxVersion });
        first.socket.on('session', (value: Buffer) => (session = value));
        await first.until('hello');
        session ??= (first.socket as TLSSocket).getSession();
        first.socket.write('quit\r\n');
        await first.untilClosed();
        const second = await secure(listener.port, { maxVersion, session });
        await second.until('hello');
        expect((second.socket as TLSSocket).isSessionReused()).toBe(tickets);
      });
    }
  }

  test('garbage and silence instead of a handshake end the connection', async () => {
    const tls = { mode: 'implicit', identity: identity() } as const;
    const { listener } = await start({ tls, timings: { tickMs: 10, handshakeMs: 100 } });
    const garbage = await client(listener);
    garbage.socket.write('EHLO example.org\r\n');
    await garbage.untilClosed();
    await (await client(listener)).untilClosed();
    const gone = await client(listener);
    gone.socket.end();
    await gone.untilClosed();
    await expect.poll(() => listener.connections).toBe(0);
  });
});

test('close tells the open connections, waits, and destroys what stays', async () => {
  const { listener, echoes } = await start({ tls: { mode: 'starttls', identity: identity() } });
  const polite = await client(listener);
  const busy = await client(listener);
  busy.socket.write('slow\r\n');
  await polite.until('hello');
  await busy.until('hello');
  const closing = listener.close({ graceMs: 5000 });
  expect(await polite.untilClosed()).toBe('hello\r\nbye\r\n');
  expect(await busy.untilClosed()).toBe('hello\r\nslow done\r\nbye\r\n');
  await closing;
  expect(echoes.map(({ ended }) => ended)).toEqual([1, 1]);
  await expect(client(listener)).rejects.toThrow();
});

test.skipIf(process.platform === 'win32')('running out of descriptors neither ends nor spins the process', async () => {
  const script = fileURLToPath(new URL('./test-few-descriptors.ts', import.meta.url));
  const child = spawn('sh', ['-c', 'ulimit -n 60; exec "$0" "$1"', process.execPath, script]);
  let port = '';
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  try {
    while (port === '') {
      await new Promise((resolve) => setTimeout(resolve, 20));
      port = /port (\d+)/.exec(said)?.[1] ?? '';
    }
    const many = Array.from({ length: 120 }, () => new Client(connect(Number(port), '127.0.0.1')));
    await expect.poll(() => many.filter(({ closed }) => closed).length).toBeGreaterThan(60);
    for (const { socket } of many) socket.destroy();
    await expect
      .poll(async () => {
        const c = new Client(connect(Number(port), '127.0.0.1'));
        await new Promise((resolve) => setTimeout(resolve, 50));
        return c.text;
      })
      .toBe('hello\r\n');
    expect(child.exitCode).toBeNull();
  } finally {
    child.kill();
  }
});

test('a port in use is an error of listen', async () => {
  const { listener } = await start();
  await expect(start({ port: listener.port })).rejects.toThrow(/EADDRINUSE/);
});
