import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clientOauthBearer, clientXoauth2 } from './client-token.ts';
import { oauthBearer, parseOauthBearer, parseXoauth2, xoauth2 } from './token.ts';

const octets = (text: string) => Buffer.from(text.replaceAll('^', '\x01'));

test.each([
  // RFC 7628 section 4.1.
  [
    'n,a=user@example.com,^host=server.example.com^port=143^auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==^^',
    'user@example.com',
    'vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==',
  ],
  ['n,,^auth=Bearer abc^^', '', 'abc'],
  ['y,a=a=2Cb=3Dc,^auth=bearer  a.b-c_d~e+f/g^^', 'a,b=c', 'a.b-c_d~e+f/g'],
])('OAUTHBEARER: %s', (text, login, token) => {
  expect(parseOauthBearer(octets(text))).toEqual({ login, token });
});

test.each([
  '',
  'n,,',
  'p=tls-exporter,,^auth=Bearer abc^^',
  'n,a=x=2Xy,^auth=Bearer abc^^',
  'n,,^auth=Bearer abc^',
  'n,,^auth=Basic abc^^',
  'n,,^auth=Bearer a b^^',
  'n,,^auth=Bearer ^^',
  'n,,^host=x^^',
  'n,,^auth=Bearer abc^^\0',
])('OAUTHBEARER, not in the grammar: %j', (text) => expect(parseOauthBearer(octets(text))).toBeUndefined());

test('XOAUTH2', () => {
  expect(parseXoauth2(octets('user=ann@example.org^auth=Bearer abc^^'))).toEqual({
    login: 'ann@example.org',
    token: 'abc',
  });
  expect(parseXoauth2(octets('ann@example.org^auth=Bearer abc^^'))).toBeUndefined();
});

test('what our client says is understood', () => {
  fc.assert(
    fc.property(fc.emailAddress(), fc.stringMatching(/^[\w.~+/-]{1,40}={0,2}$/), (login, token) => {
      expect(parseOauthBearer(clientOauthBearer(login, token).initial ?? octets(''))).toEqual({ login, token });
      expect(parseXoauth2(clientXoauth2(login, token).initial ?? octets(''))).toEqual({ login, token });
    }),
  );
});

test('anything may come', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
      for (const parse of [parseOauthBearer, parseXoauth2]) parse(noise);
    }),
  );
});

test.each([oauthBearer, xoauth2])('$name reports an error, and whatever the client answers has failed', (mechanism) => {
  const exchange = mechanism.start();
  const first = mechanism === xoauth2 ? 'user=a^auth=Bearer b^^' : 'n,a=a,^auth=Bearer b^^';
  expect(exchange.next(undefined)).toMatchObject({ kind: 'challenge' });
  const step = exchange.next(octets(first));
  if (step.kind !== 'token') throw new Error(step.kind);
  expect(JSON.parse(Buffer.from(step.refuse('https://issuer.example/x')).toString())).toEqual({
    ...{ status: 'invalid_token', 'openid-configuration': 'https://issuer.example/x' },
  });
  expect(exchange.next(octets('^'))).toEqual({ kind: 'failed', why: 'proof' });
});
