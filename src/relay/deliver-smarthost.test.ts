import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { otherCertificate } from '../net/test-certificates.ts';
import type { Transport } from '../queue/transport.ts';
import { startFakeHost } from './testing/fake-host.ts';
import type { Behaviour, FakeHost } from './testing/fake-host.ts';
import { fakeWorld, printOutcomes, tryBatch } from './testing/try-batch.ts';
import type { Given, World } from './testing/try-batch.ts';

let host: FakeHost | undefined;
let world: World | undefined;
const closing: (() => void)[] = [];
const again = (): void => {
  host?.close();
  host = undefined;
  world = undefined;
};
afterEach(async () => {
  await world?.relay.close();
  again();
  for (const close of closing.splice(0)) close();
});

type Smarthost = Extract<Transport, { kind: 'smarthost' }>;
async function deliver(
  behaviour: Behaviour,
  transport: Partial<Smarthost>,
  given: Given = {},
): Promise<readonly string[]> {
  host ??= await startFakeHost('127.0.0.2', 0, behaviour);
  world ??= fakeWorld(25, {}, { ca: otherCertificate.certPem });
  const { port } = host;
  const base: Smarthost = { kind: 'smarthost', name: 'out', host: '127.0.0.2', port, tls: 'none', verify: false };
  return printOutcomes(await tryBatch(world.relay, { ...given, transport: { ...base, ...transport } }));
}
const offers = ['PIPELINING', '8BITMIME', 'DSN', 'AUTH PLAIN LOGIN'];
const login = { username: 'us', password: 'secret' };

describe('a smarthost', () => {
  test('gets everything, over one connection, without a look at the DNS', async () => {
    expect(await deliver({}, {})).toEqual(['delivered handed-on']);
    expect(await deliver({}, {}, { to: ['x@b.test'] })).toEqual(['delivered handed-on']);
    expect(host?.taken.map(({ connection, to }) => [connection, to[0]])).toEqual([
      [1, 'ann@a.test'],
      [1, 'x@b.test'],
    ]);
    expect(world?.asked).toEqual([]);
  });
  test('logs in', async () => {
    const auth = (line: string): string => (line === 'AUTH PLAIN AHVzAHNlY3JldA==' ? '235 2.7.0 ok' : '535 5.7.8 no');
    expect(await deliver({ offers, auth }, { login })).toEqual(['delivered handed-on']);
  });
  test('logs in with the token that a file has at that moment', async () => {
    const token = { username: 'us', tokenFile: '/run/token' };
    const sent = Buffer.from('user=us\x01auth=Bearer token of /run/token\x01\x01').toString('base64');
    const auth = (line: string): string => (line === `AUTH XOAUTH2 ${sent}` ? '235 2.7.0 ok' : '535 5.7.8 no');
    expect(await deliver({ offers: ['DSN', 'AUTH XOAUTH2 PLAIN'], auth }, { login: token })).toEqual([
      'delivered handed-on',
    ]);
    await world?.relay.close();
    again();
    // A missing token is no reason to return mail.
    const missing = { username: 'us', tokenFile: 'missing' };
    expect((await deliver({ offers: ['AUTH XOAUTH2'], auth }, { login: missing }))[0]).toMatch(/^later/);
    expect(host?.taken).toEqual([]);
  });
  test('that refuses the login is no reason to return mail', async () => {
    expect(await deliver({ offers, auth: () => '535 5.7.8 no' }, { login })).toEqual(['later 4.7.8']);
  });
  test('never gets a password in plain text where TLS was wanted', async () => {
    for (const tls of ['starttls', 'opportunistic'] as const) {
      expect((await deliver({ offers, breaksTls: true, auth: () => '235 ok' }, { login, tls }))[0]).toMatch(/^later/);
      expect(host?.lines.filter((line) => line.startsWith('AUTH'))).toEqual([]);
      again();
    }
    expect((await deliver({ offers, auth: () => '235 ok' }, { login, tls: 'opportunistic' }))[0]).toMatch(/^later/);
    expect(host?.lines.filter((line) => line.startsWith('AUTH'))).toEqual([]);
  });
  test('whose certificate is not valid gets nothing when it is to be verified', async () => {
    const certificate = otherCertificate;
    expect(await deliver({ certificate }, { tls: 'starttls', verify: true })).toEqual(['later 4.7.5']);
    again();
    expect(await deliver({ certificate }, { tls: 'starttls' })).toEqual(['delivered handed-on']);
  });
  test('without a secret falls back to plain text when TLS fails', async () => {
    expect(await deliver({ breaksTls: true }, { tls: 'opportunistic' })).toEqual(['delivered handed-on']);
    expect(host?.taken[0]?.isTls).toBe(false);
  });
  test('that is not verified is no way for REQUIRETLS', async () => {
    expect(await deliver({}, { tls: 'starttls' }, { message: { tls: 'required' } })).toEqual(['failed 5.7.30']);
    expect(host?.connections()).toBe(0);
  });
  test('that says no for good', async () => {
    expect(await deliver({ rcpt: () => '550 5.1.1 no' }, {})).toEqual(['failed 5.1.1']);
  });
  test('that is down', async () => {
    expect(await deliver({}, { port: 1 })).toEqual(['later 4.4.1']);
  });
});

test.each([
  [554, 'no mail here', 'failed 5.7.0'],
  [550, '5.1.1 gone', 'failed 5.1.1'],
  [451, '4.3.0 wait', 'later 4.3.0'],
] as const)('the transport that fails: %i %s', async (code, text, outcome) => {
  world = fakeWorld(25, {});
  const [got] = await tryBatch(world.relay, { transport: { kind: 'fail', name: 'never', code, text } });
  expect(printOutcomes(got ? [got] : [])).toEqual([outcome]);
  expect(got).toMatchObject({ reply: { host: 'never', code }, story: { transport: 'never' } });
});

/** RFC 1928, just enough: IPv4, and `reply` as the answer to CONNECT. */
async function startProxy(
  reply: number,
  method = 0,
  loginReply = 0,
): Promise<{ readonly port: number; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(Buffer.from([5, method]));
      // RFC 1929: the login is one message more.
      socket.once('data', (said: Buffer) => {
        if (method !== 2) return answer(said);
        asked.push(said.toString('latin1'));
        socket.write(Buffer.from([1, loginReply]));
        if (loginReply === 0) socket.once('data', answer);
      });
      const answer = (request: Buffer): void => {
        asked.push(`${request[3]} ${[...request.subarray(4, 8)].join('.')} ${request.readUInt16BE(8)}`);
        socket.write(Buffer.from([5, reply, 0, 1, 127, 0, 0, 1, 0, 0]));
        if (reply !== 0) return void socket.end();
        const beyond = connect(request.readUInt16BE(8), [...request.subarray(4, 8)].join('.'));
        beyond.on('error', () => undefined);
        socket.pipe(beyond).pipe(socket);
      };
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  return { port: (server.address() as AddressInfo).port, asked };
}

describe('through a SOCKS5 proxy', () => {
  const zone = { 'a.test': { mx: [{ preference: 1, exchange: 'mx.test' }] }, 'mx.test': { addresses: ['127.0.0.2'] } };
  const through = async (port: number, credentials?: typeof login): Promise<readonly string[]> => {
    host = await startFakeHost('127.0.0.2', 0, { certificate: otherCertificate });
    world = fakeWorld(host.port, zone);
    const place = { kind: 'socks', name: 'tor', host: '127.0.0.1', port, ehloName: 'exit.test' } as const;
    const transport = credentials === undefined ? place : { ...place, login: credentials };
    return printOutcomes(await tryBatch(world.relay, { transport }));
  };
  test('the MX host is reached by its address, with TLS, under another name', async () => {
    const proxy = await startProxy(0);
    expect(await through(proxy.port)).toEqual(['delivered handed-on']);
    expect(proxy.asked).toEqual([`1 127.0.0.2 ${host?.port}`]);
    expect(host?.taken[0]?.isTls).toBe(true);
    expect(host?.lines[0]).toBe('EHLO exit.test');
  });
  test('that wants a login gets it; one that does not accept it is tried again later', async () => {
    const proxy = await startProxy(0, 2);
    expect(await through(proxy.port, login)).toEqual(['delivered handed-on']);
    expect(proxy.asked).toEqual(['\x01\x02us\x06secret', `1 127.0.0.2 ${host?.port}`]);
    const other = await startProxy(0, 2, 1);
    expect(await through(other.port, login)).toEqual(['later 4.4.1']);
    expect(other.asked).toHaveLength(1);
  });
  test.each([
    ['refuses', 5, 0],
    ['wants a login', 0, 0xff],
  ])('a proxy that %s', async (_, reply, method) => {
    const proxy = await startProxy(reply, method);
    expect(await through(proxy.port)).toEqual(['later 4.4.1']);
    expect(host?.connections()).toBe(0);
  });
});
