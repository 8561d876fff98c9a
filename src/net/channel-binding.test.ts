import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientBinding, serverBindings, usesExtendedMasterSecret } from './channel-binding.ts';
import { der } from './der.ts';
import { localhostCertificate } from './test-certificates.ts';
import { createTlsIdentity } from './tls.ts';

/** OpenSSL's SSL_OP_NO_EXTENDED_MASTER_SECRET, which Node does not name. */
const noExtendedMasterSecret = 1;
const identity = createTlsIdentity({ certificates: [localhostCertificate] });
const ends: TLSSocket[] = [];
const server = createServer((socket) => {
  const secured = identity.wrap(socket, {});
  secured.on('error', () => {});
  secured.once('secure', () => {
    ends.push(secured);
    secured.write('hello');
  });
});
let port = 0;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  for (const end of ends) end.destroy();
  server.close();
});

/** Both ends of one connection. */
async function open(options: object): Promise<{ ours: TLSSocket; theirs: TLSSocket }> {
  const theirs = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
  await once(theirs, 'data');
  const ours = ends.at(-1);
  if (ours === undefined) throw new Error('no server');
  return { ours, theirs };
}

const hex = (octets: Uint8Array | undefined) => octets && Buffer.from(octets).toString('hex');

describe('TLS 1.2', () => {
  const old = { maxVersion: 'TLSv1.2' } as const;

  test('with the extended master secret: tls-unique, the same at both ends, another one on each connection', async () => {
    const first = await open(old);
    const session = first.theirs.getSession();
    const resumed = await open({ ...old, session });
    expect([first.theirs.isSessionReused(), resumed.theirs.isSessionReused()]).toEqual([false, true]);
    const seen = [first, resumed].map(({ ours, theirs }) => {
      const theirBinding = clientBinding(theirs);
      expect(theirBinding?.type).toBe('tls-unique');
      expect(hex(serverBindings(ours)?.('tls-unique'))).toBe(hex(theirBinding?.octets));
      expect(serverBindings(ours)?.('tls-exporter')).toEqual(
        theirs.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0)),
      );
      return hex(theirBinding?.octets);
    });
    expect(new Set(seen).size).toBe(2);
    expect(seen[0]).toMatch(/^[0-9a-f]{24}$/);
  });

  test('without it: none, whether or not the session is resumed', async () => {
    const weak = { ...old, secureOptions: noExtendedMasterSecret };
    const first = await open(weak);
    const resumed = await open({ ...weak, session: first.theirs.getSession() });
    expect(resumed.theirs.isSessionReused()).toBe(true);
    for (const { ours, theirs } of [first, resumed]) {
      expect(serverBindings(ours)).toBeUndefined();
      expect(clientBinding(theirs)).toBeUndefined();
    }
  });

  test('nobody renegotiates: a binding would not be what it was', async () => {
    const { ours, theirs } = await open(old);
    const before = hex(serverBindings(ours)?.('tls-unique'));
    const refused = await new Promise((resolve) => {
      theirs.once('error', resolve);
      theirs.renegotiate({}, resolve);
    });
    expect(refused).toBeInstanceOf(Error);
    expect(before).toBeDefined();
  });
});

test('TLS 1.3 has tls-exporter, and no tls-unique', async () => {
  const { ours, theirs } = await open({ minVersion: 'TLSv1.3' });
  expect(clientBinding(theirs)?.type).toBe('tls-exporter');
  expect(hex(serverBindings(ours)?.('tls-exporter'))).toBe(hex(clientBinding(theirs)?.octets));
  expect(serverBindings(ours)?.('tls-unique')).toBeUndefined();
  expect(serverBindings(ours)?.('tls-server-end-point')).toHaveLength(32);
});

test('what is no session of OpenSSL uses no extended master secret, and reading it ends', () => {
  const flags = (value: number) => der(0xad, der(0x02, Buffer.from([value])));
  const session = (...parts: readonly Uint8Array[]) => der(0x30, der(0x02, Buffer.from([1])), ...parts);
  expect(usesExtendedMasterSecret(session(flags(1)))).toBe(true);
  expect(usesExtendedMasterSecret(session(der(0x04, Buffer.alloc(300)), flags(3), der(0xb3, Buffer.alloc(2))))).toBe(
    true,
  );
  const named = (name: string) => Buffer.from(`\0nodejs:tls:session:1\0\0${String.fromCharCode(name.length)}${name}`);
  expect(usesExtendedMasterSecret(Buffer.concat([named('localhost'), session(flags(1))]))).toBe(true);
  for (const other of [
    named(''),
    named('localhost').subarray(0, -1),
    Buffer.concat([named('localhost'), session()]),
    session(),
    session(flags(2)),
    session(der(0xad, der(0x04, Buffer.from([1])))),
    session(der(0xad)),
    Buffer.concat([session(flags(1)), Buffer.from([0])]),
    session(flags(1)).subarray(0, -1),
    Buffer.from([0x30]),
    Buffer.from([0x30, 0x80, 0, 0]),
    Buffer.from([0x30, 0x84, 0xff, 0xff, 0xff, 0xff]),
    Buffer.alloc(0),
    undefined,
  ]) {
    expect(usesExtendedMasterSecret(other)).toBe(false);
  }
});
