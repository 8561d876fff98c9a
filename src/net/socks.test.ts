import { expect, test } from 'vitest';
import { connectThrough } from './socks.ts';

/** A connection to a proxy that says these octets, in these pieces, and then nothing more. */
function proxy(...pieces: readonly (readonly number[])[]) {
  const sent: string[] = [];
  const left: string[] = [];
  const rest = pieces.map((piece) => Buffer.from(piece));
  const octets = {
    read: async () => rest.shift(),
    async write(data: Uint8Array) {
      sent.push(Buffer.from(data).toString('hex'));
    },
    unread: (data: Buffer) => left.push(data.toString()),
  };
  return { octets, sent, left };
}
const hello = [5, 0];
const yes = [5, 0, 0, 1, 127, 0, 0, 1, 0, 25];

test.each([
  ['192.0.2.1', '05010001c00002010019'],
  ['2001:db8::1', '0501000420010db80000000000000000000000010019'],
  ['::', '05010004000000000000000000000000000000000019'],
  ['::ffff:192.0.2.1', '0501000400000000000000000000ffffc00002010019'],
  ['mx.test', '05010003076d782e746573740019'],
])('asks for %s', async (host, request) => {
  const { octets, sent } = proxy(hello, yes);
  await connectThrough(octets, host, 25);
  expect(sent).toEqual(['050100', request]);
});

test.each([
  ['octet by octet', [...hello, ...yes].map((octet) => [octet])],
  ['with a name in its reply', [hello, [5, 0, 0, 3, 2, 97, 98, 0, 25]]],
  ['with an IPv6 address in its reply', [hello, [5, 0, 0, 4, ...Array.from({ length: 16 }, () => 0), 0, 25]]],
])('a proxy that answers %s', async (_, pieces) => {
  const { octets, left } = proxy(...pieces);
  await connectThrough(octets, '192.0.2.1', 25);
  expect(left).toEqual(['']);
});

test('what the server said already is read next', async () => {
  const { octets, left } = proxy([...hello, ...yes, ...Buffer.from('220 hi\r\n')]);
  await connectThrough(octets, '192.0.2.1', 25);
  expect(left).toEqual(['220 hi\r\n']);
});

test.each([
  ['is none', [[72, 84]], 'does not speak SOCKS5'],
  ['wants a login', [[5, 2]], 'it wants a login'],
  ['knows no way in', [[5, 255]], 'it wants a login'],
  ['refuses', [hello, [5, 2, 0, 1]], 'not allowed by its rules'],
  ['cannot reach it', [hello, [5, 4, 0, 1]], 'host unreachable'],
  ['says something new', [hello, [5, 99, 0, 1]], 'reply 99'],
  ['answers with an address of an unknown kind', [hello, [5, 0, 0, 9]], 'cannot be read'],
  ['hangs up', [hello], 'closed the connection'],
])('a proxy that %s', async (_, pieces, why) => {
  const { octets } = proxy(...pieces);
  await expect(connectThrough(octets, '192.0.2.1', 25)).rejects.toThrow(why);
});

const login = { username: 'relay', password: 'pässword' };

test('with a login, which the proxy may ask for or not', async () => {
  const asked = proxy([5, 2], [1], [0], yes);
  await connectThrough(asked.octets, '192.0.2.1', 25, login);
  const credentials = `01${'05'}${Buffer.from('relay').toString('hex')}${'09'}${Buffer.from('pässword').toString('hex')}`;
  expect(asked.sent).toEqual(['05020002', credentials, '05010001c00002010019']);
  const unasked = proxy(hello, yes);
  await connectThrough(unasked.octets, '192.0.2.1', 25, login);
  expect(unasked.sent).toEqual(['05020002', '05010001c00002010019']);
});

test.each([
  [
    'is not the one',
    login,
    [
      [5, 2],
      [1, 1],
    ],
    'does not accept the login',
  ],
  ['is not wanted, nor is none', login, [[5, 255]], 'takes no password'],
  ['is too long', { username: 'x', password: 'x'.repeat(256) }, [[5, 2]], '1 to 255 octets'],
  ['is empty', { username: '', password: 'x' }, [[5, 2]], '1 to 255 octets'],
])('a login that %s', async (_, given, pieces, why) => {
  const { octets, sent } = proxy(...pieces);
  await expect(connectThrough(octets, '192.0.2.1', 25, given)).rejects.toThrow(why);
  // Nothing of the password, nor of where to, went to a proxy that did not ask for it, or after it said no.
  expect(sent.join('')).not.toContain('c0000201');
});
