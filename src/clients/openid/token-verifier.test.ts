import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { CryptoKey, JWK, JWTPayload } from 'jose';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTokenVerifier } from './token-verifier.ts';

const start = Date.UTC(2030, 0, 1);
const clock = { time: start, now: () => clock.time };

/** An issuer on this machine, which lies when it is told to. */
class FakeIssuer {
  readonly #server: Server;
  url = '';
  keys: JWK[] = [];
  asked: string[] = [];
  down = false;
  named: string | undefined;
  jwks: string | undefined;
  body: string | undefined;

  constructor() {
    this.#server = createServer((request, response) => {
      this.asked.push(request.url ?? '');
      if (this.down) return void response.writeHead(503).end();
      if (request.url === '/.well-known/openid-configuration') {
        response.end(JSON.stringify({ issuer: this.named ?? this.url, jwks_uri: this.jwks ?? `${this.url}/keys` }));
      } else if (request.url === '/keys') response.end(this.body ?? JSON.stringify({ keys: this.keys }));
      else response.writeHead(302, { location: `${this.url}/keys` }).end();
    });
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    this.url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  }

  reset(): void {
    Object.assign(this, { asked: [], down: false, named: undefined, jwks: undefined, body: undefined });
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

const issuer = new FakeIssuer();
let pair: { privateKey: CryptoKey; publicKey: CryptoKey };
let stranger: { privateKey: CryptoKey; publicKey: CryptoKey };

beforeAll(async () => {
  await issuer.open();
  pair = await generateKeyPair('ES256');
  stranger = await generateKeyPair('ES256');
  issuer.keys = [{ ...(await exportJWK(pair.publicKey)), kid: 'one' }];
});
afterAll(() => issuer.close());
beforeEach(() => {
  issuer.reset();
  clock.time = start;
});

const good = { iss: () => issuer.url, aud: 'mail', email: 'ann@example.org' };

function open(loginClaim = 'email') {
  return createTokenVerifier({ issuer: issuer.url, audience: ['mail', 'imap'], loginClaim, clock });
}

function sign(claims: JWTPayload = {}, key = pair.privateKey, kid = 'one', seconds = 600): Promise<string> {
  const payload = { iss: good.iss(), aud: good.aud, email: good.email, ...claims };
  return new SignJWT({ ...payload, exp: Math.floor(start / 1000) + seconds })
    .setProtectedHeader({ alg: 'ES256', kid })
    .sign(key);
}

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

test('a good token names its address; the issuer is asked once', async () => {
  const verifier = open();
  for (let n = 0; n < 3; n++) {
    expect(await verifier.verify(await sign({ aud: ['other', 'imap'] }))).toEqual({
      kind: 'valid',
      address: good.email,
    });
  }
  expect(issuer.asked).toEqual(['/.well-known/openid-configuration', '/keys']);
  expect(verifier.configurationUrl).toBe(`${issuer.url}/.well-known/openid-configuration`);
});

test('another claim may name it', async () => {
  const token = await sign({ preferred_username: 'bob@example.org', email_verified: false });
  expect(await open('preferred_username').verify(token)).toEqual({ kind: 'valid', address: 'bob@example.org' });
});

describe('not good', () => {
  test.each<[string, () => Promise<string> | string]>([
    ['of another issuer', () => sign({ iss: 'https://other.example' })],
    ['for others', () => sign({ aud: 'calendar' })],
    ['for nobody', () => sign({ aud: [] })],
    ['too old', () => sign({}, pair.privateKey, 'one', -61)],
    ['not yet', () => sign({ nbf: start / 1000 + 61 })],
    ['signed by somebody else', () => sign({}, stranger.privateKey)],
    ['with a key that is not there', () => sign({}, stranger.privateKey, 'two')],
    ['without the address', () => sign({ email: '' })],
    ['with an address that is no text', () => sign({ email: ['ann@example.org'] })],
    ['with an address that nobody verified', () => sign({ email_verified: false })],
    ['no token', () => 'abc'],
    ['too long', () => 'a'.repeat(20_000)],
    [
      'not signed',
      () =>
        `${base64url({ alg: 'none' })}.${base64url({ iss: good.iss(), aud: 'mail', email: good.email, exp: 9e9 })}.`,
    ],
    [
      'signed with the public key as a secret',
      () =>
        new SignJWT({ iss: good.iss(), aud: 'mail', email: good.email, exp: 9e9 })
          .setProtectedHeader({ alg: 'HS256', kid: 'one' })
          .sign(Buffer.from(JSON.stringify(issuer.keys[0]))),
    ],
    [
      'without an end',
      () =>
        new SignJWT({ iss: good.iss(), aud: 'mail', email: good.email })
          .setProtectedHeader({ alg: 'ES256', kid: 'one' })
          .sign(pair.privateKey),
    ],
  ])('%s', async (_, token) => {
    expect(await open().verify(await token())).toMatchObject({ kind: 'invalid' });
  });
});

test('a minute of difference between clocks is forgiven', async () => {
  expect(await open().verify(await sign({}, pair.privateKey, 'one', -59))).toMatchObject({ kind: 'valid' });
});

test('a new key is found, but made-up ones do not make us ask all the time', async () => {
  const verifier = open();
  expect(await verifier.verify(await sign())).toMatchObject({ kind: 'valid' });
  const before = issuer.keys;
  issuer.keys = [...before, { ...(await exportJWK(stranger.publicKey)), kid: 'two' }];
  const token = await sign({}, stranger.privateKey, 'two');
  expect(await verifier.verify(token)).toMatchObject({ kind: 'invalid' });
  clock.time += 30_000;
  expect(await verifier.verify(token)).toMatchObject({ kind: 'valid' });
  issuer.asked = [];
  for (let n = 0; n < 5; n++) await verifier.verify(await sign({}, stranger.privateKey, `made up ${n}`));
  expect(issuer.asked).toEqual([]);
  issuer.keys = before;
});

test('an issuer that does not answer is no reason to refuse: for a day with the keys that are known, then try later', async () => {
  const verifier = open();
  issuer.down = true;
  expect(await verifier.verify(await sign())).toMatchObject({ kind: 'unavailable' });
  // It is not asked for each token.
  expect(await verifier.verify(await sign())).toMatchObject({
    kind: 'unavailable',
    why: expect.stringContaining('503') as unknown,
  });
  expect(issuer.asked.length).toBe(1);
  issuer.down = false;
  clock.time += 30_000;
  expect(await verifier.verify(await sign())).toMatchObject({ kind: 'valid' });
  issuer.down = true;
  clock.time += 23 * 3_600_000;
  const later = await sign({}, pair.privateKey, 'one', 100_000);
  expect(await verifier.verify(later)).toMatchObject({ kind: 'valid' });
  clock.time += 3_600_000;
  expect(await verifier.verify(later)).toMatchObject({ kind: 'unavailable' });
});

test.each<[string, Partial<FakeIssuer>]>([
  ['that calls itself otherwise', { named: 'https://other.example' }],
  ['whose keys are on an unsafe page', { jwks: 'ftp://127.0.0.1/keys' }],
  ['whose keys are no JSON', { body: 'hello' }],
  ['whose keys are endless', { body: ' '.repeat(300_000) }],
  ['whose keys are no keys', { body: '{"keys":{}}' }],
])('an issuer %s is not believed', async (_, lie) => {
  Object.assign(issuer, lie);
  expect(await open().verify(await sign())).toMatchObject({ kind: 'unavailable' });
});

test('a redirect is not followed', async () => {
  issuer.jwks = `${issuer.url}/elsewhere`;
  expect(await open().verify(await sign())).toMatchObject({ kind: 'unavailable' });
});
