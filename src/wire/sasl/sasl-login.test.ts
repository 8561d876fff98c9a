import { expect, test } from 'vitest';
import { external } from './external.ts';
import { plain } from './plain.ts';
import { SaslLogin, type SaslAuthority } from './sasl-login.ts';
import { oauthBearer } from './token.ts';
import { scramMechanism } from './scram-mechanism.ts';

const link = { confidential: true, clientCertificate: true, binding: undefined };

function authority(begun: string[] = []): SaslAuthority<string> {
  return {
    begin: () => {
      begun.push('begun');
      return Promise.resolve();
    },
    findScramVerifier: () => ({
      salt: Buffer.from('salt'),
      iterations: 4096,
      storedKey: Buffer.alloc(32),
      serverKey: Buffer.alloc(32),
    }),
    confirmScram: (login) => `scram ${login}`,
    confirmCertificate: (authorizeAs) => `certificate ${authorizeAs}`,
    checkPassword: (login, password) => Promise.resolve(`password ${login} ${password}`),
    checkToken: (login, token) => Promise.resolve(token === 'good' ? `token ${login}` : undefined),
    configurationUrl: 'https://issuer.example/openid',
  };
}

test('PLAIN with an initial response is decided at once, and counted once before', async () => {
  const begun: string[] = [];
  const login = new SaslLogin(plain, link, authority(begun));
  expect(login.claimed).toBe(false);
  expect(await login.next(Buffer.from('\0ann\0secret'))).toEqual({
    kind: 'outcome',
    login: 'ann',
    outcome: 'password ann secret',
  });
  expect(begun).toEqual(['begun']);
  expect(login.claimed).toBe(true);
});

test('who asks to be somebody else fails before the password is looked at', async () => {
  const login = new SaslLogin(plain, link, authority());
  expect(await login.next(Buffer.from('bob\0ann\0secret'))).toEqual({ kind: 'failed', login: 'ann', why: 'identity' });
});

test('EXTERNAL asks for a response where none came', async () => {
  const login = new SaslLogin(external, link, authority());
  expect(await login.next(undefined)).toMatchObject({ kind: 'challenge' });
  expect(await login.next(Buffer.from('ann'))).toEqual({ kind: 'outcome', login: 'ann', outcome: 'certificate ann' });
});

test('SCRAM: the claim is counted, a wrong proof is a failed login', async () => {
  const begun: string[] = [];
  const login = new SaslLogin(scramMechanism('sha256', false), link, authority(begun));
  const first = await login.next(Buffer.from('n,,n=ann,r=nonce'));
  expect(first.kind).toBe('challenge');
  expect(begun).toEqual(['begun']);
  const nonce = /^(r=[^,]*)/.exec(Buffer.from(first.kind === 'challenge' ? first.octets : []).toString())?.[1];
  const proof = Buffer.alloc(32, 1).toString('base64');
  expect(await login.next(Buffer.from(`c=biws,${nonce},p=${proof}`))).toEqual({
    kind: 'failed',
    login: 'ann',
    why: 'proof',
  });
});

test('nonsense is malformed and counts only after a claim', async () => {
  const login = new SaslLogin(plain, link, authority());
  expect(await login.next(Buffer.from('nonsense'))).toEqual({ kind: 'malformed', why: 'message' });
  expect(login.claimed).toBe(false);
});

test('a line is base64 or gives up', async () => {
  const login = new SaslLogin(plain, link, authority());
  expect(await login.answer('*')).toEqual({ kind: 'malformed', why: 'cancelled' });
  expect(await login.answer('AGFubg')).toEqual({ kind: 'malformed', why: 'base64' });
  expect(await login.answer(Buffer.from('\0ann\0secret').toString('base64'))).toMatchObject({ kind: 'outcome' });
});

test('a token that is no good is told to the client, and then the login has failed', async () => {
  const message = (token: string) => Buffer.from(`n,a=ann,\x01auth=Bearer ${token}\x01\x01`);
  expect(await new SaslLogin(oauthBearer, link, authority()).next(message('good'))).toEqual({
    kind: 'outcome',
    login: 'ann',
    outcome: 'token ann',
  });
  const login = new SaslLogin(oauthBearer, link, authority());
  const told = await login.next(message('bad'));
  expect(Buffer.from(told.kind === 'challenge' ? told.octets : []).toString()).toBe(
    '{"status":"invalid_token","openid-configuration":"https://issuer.example/openid"}',
  );
  expect(await login.next(Buffer.from('\x01'))).toEqual({ kind: 'failed', login: 'ann', why: 'proof' });
});
