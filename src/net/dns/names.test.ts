import { expect, test } from 'vitest';
import { decode } from 'dns-packet';
import { encodeQuestion } from './question.ts';
import { parseResolvConf } from './resolv-conf.ts';
import { reverseName } from './reverse-name.ts';
import { isLoopbackServer, parseDnsServer } from './server-address.ts';

test.each([
  ['192.0.2.1', '192.0.2.1', 53],
  ['192.0.2.1:5300', '192.0.2.1', 5300],
  ['2001:db8::1', '2001:db8::1', 53],
  ['[2001:db8::1]', '2001:db8::1', 53],
  ['[::1]:5300', '::1', 5300],
])('server %s', (text, address, port) => {
  expect(parseDnsServer(text)).toEqual({ address, port });
});

test.each(['', 'dns.example', '192.0.2.1:0', '192.0.2.1:65536', '[192.0.2.1', '192.0.2:53', '[::1]x'])(
  'no server: %j',
  (text) => expect(parseDnsServer(text)).toBeUndefined(),
);

test('loopback', () => {
  const isLoopback = (address: string) => isLoopbackServer({ address, port: 53 });
  expect(['127.0.0.1', '127.0.0.53', '::1', '192.0.2.1', '::2'].map(isLoopback)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

test('resolv.conf', () => {
  const text = `# made by hand
domain example.org
nameserver 127.0.0.53
nameserver\t2001:db8::53   # comment
nameserver dns.example
options edns0 trust-ad
nameserver 192.0.2.1
nameserver 192.0.2.2
`;
  const servers = ['127.0.0.53', '2001:db8::53', '192.0.2.1'].map((address) => ({ address, port: 53 }));
  expect(parseResolvConf(text)).toEqual({ servers, trustAd: true });
  expect(parseResolvConf('')).toEqual({ servers: [{ address: '127.0.0.1', port: 53 }], trustAd: false });
});

test.each([
  ['192.0.2.1', '1.2.0.192.in-addr.arpa'],
  ['2001:db8::1', `1.${'0.'.repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`],
  ['::', `${'0.'.repeat(32)}ip6.arpa`],
  ['::ffff:192.0.2.1', `1.0.2.0.0.0.0.c.f.f.f.f.${'0.'.repeat(20)}ip6.arpa`],
  ['fe80::1%eth0', `1.${'0.'.repeat(28)}8.e.f.ip6.arpa`],
])('reverse %s', (address, name) => expect(reverseName(address)).toBe(name));

test('what is no address has no reverse name', () => expect(reverseName('example.org')).toBeUndefined());

test('a question has DO, AD and room for 1232 octets', () => {
  const { id, flag_rd, flag_ad, additionals, questions } = decode(encodeQuestion(77, 'example.org', 'MX'));
  expect({ id, flag_rd, flag_ad, questions }).toMatchObject({
    id: 77,
    flag_rd: true,
    flag_ad: true,
    questions: [{ name: 'example.org', type: 'MX' }],
  });
  expect(additionals).toMatchObject([{ type: 'OPT', udpPayloadSize: 1232, flag_do: true }]);
});
