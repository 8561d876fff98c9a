import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { chooseClientMechanisms, type ChannelFacts, type Credentials } from './choose-client-mechanism.ts';
import { clientScram, type ClientScramOptions } from './client-scram.ts';
import { clientOauthBearer } from './client-token.ts';
import { startScram } from './scram.ts';

const text = (octets: Uint8Array | undefined) => octets && Buffer.from(octets).toString();

describe('SCRAM', () => {
  test('RFC 7677 section 3', async () => {
    const nonce = 'rOprNGfwEbeRWgbNEkqO';
    const client = clientScram({
      ...{ digest: 'sha256', login: 'user', password: 'pencil', plus: false, binding: undefined, nonce },
    });
    expect(text(client.initial)).toBe(`n,,n=user,r=${nonce}`);
    const first = `r=${nonce}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`;
    expect(text(await client.respond(Buffer.from(first)))).toBe(
      `c=biws,r=${nonce}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`,
    );
    expect(client.isComplete).toBe(false);
    expect(text(await client.respond(Buffer.from('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')))).toBe('');
    expect(client.isComplete).toBe(true);
  });

  const binding = Buffer.from('exporter octets');
  test.each([
    ['sha1', false, 'tls-exporter'],
    ['sha1', true, 'tls-unique'],
    ['sha256', true, 'tls-exporter'],
  ] as const)('with our server: %s, binding %s by %s', async (digest, plus, type) => {
    const bound = { type, octets: binding };
    const options: ClientScramOptions = { digest, login: 'a,b=c', password: 'pencil', plus, binding: bound };
    const client = clientScram(options);
    const claim = startScram(
      { digest, plus, binding: plus ? (asked) => (asked === type ? binding : undefined) : undefined },
      client.initial ?? binding,
    );
    if (claim.kind !== 'claim') throw new Error(claim.why);
    expect(claim.login).toBe('a,b=c');
    const hmac = (key: Uint8Array, what: string) => createHmac(digest, key).update(what).digest();
    const salt = Buffer.from('salt');
    const salted = pbkdf2Sync('pencil', salt, 4096, digest === 'sha1' ? 20 : 32, digest);
    const storedKey = createHash(digest).update(hmac(salted, 'Client Key')).digest();
    const challenge = claim.challenge({ salt, iterations: 4096, storedKey, serverKey: hmac(salted, 'Server Key') });
    const proof = challenge.prove((await client.respond(challenge.octets)) ?? binding);
    if (proof.kind !== 'proven') throw new Error(proof.why);
    await client.respond(proof.octets);
    expect(client.isComplete).toBe(true);
  });

  test.each([
    ['another space is a space', 'pass word', 'pass\u{a0}word', true],
    ['a letter and its accent are one', '\u{e9}', 'e\u{301}', true],
    ['a ligature is not its letters', 'fi', '\u{fb01}', false],
  ])('prepares the password as the directory does: %s', async (_, one, other, same) => {
    const proofs = [one, other].map((password) =>
      clientScram({
        ...{ digest: 'sha1', login: 'u', password, plus: false, binding: undefined, nonce: 'abc' },
      }).respond(Buffer.from('r=abcd,s=QUJD,i=4096')),
    );
    const [first, second] = await Promise.all(proofs);
    expect(text(first) === text(second)).toBe(same);
  });

  test.each([
    ['another nonce', 'r=other,s=QUJD,i=4096'],
    ['no nonce of its own', 'r=abc,s=QUJD,i=4096'],
    ['too few iterations', 'r=abcd,s=QUJD,i=1'],
    ['too many iterations', 'r=abcd,s=QUJD,i=2000000000'],
    ['an extension that has to be understood', 'm=x,r=abcd,s=QUJD,i=4096'],
    ['nothing', ''],
  ])('gives up at %s', async (_, first) => {
    const client = clientScram({
      ...{ digest: 'sha1', login: 'u', password: 'p', plus: false, binding: undefined, nonce: 'abc' },
    });
    expect(await client.respond(Buffer.from(first))).toBeUndefined();
  });
  test('a server that does not know the password proves nothing', async () => {
    const client = clientScram({
      ...{ digest: 'sha1', login: 'u', password: 'p', plus: false, binding: undefined, nonce: 'abc' },
    });
    await client.respond(Buffer.from('r=abcd,s=QUJD,i=4096'));
    expect(await client.respond(Buffer.from(`v=${Buffer.alloc(20).toString('base64')}`))).toBeUndefined();
    expect(client.isComplete).toBe(false);
  });
});

describe('the choice', () => {
  const all = ['LOGIN', 'plain', 'SCRAM-SHA-1', 'SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS', 'EXTERNAL', 'XOAUTH2'];
  const secret: Credentials = { kind: 'password', username: 'u', password: 'p' };
  const tls: ChannelFacts = {
    isTls: true,
    binding: { type: 'tls-unique', octets: Buffer.from('b') },
    allowPlaintext: false,
  };
  const plain: ChannelFacts = { isTls: false, binding: undefined, allowPlaintext: false };
  const names = (credentials: Credentials, offered: readonly string[], channel: ChannelFacts) =>
    chooseClientMechanisms(credentials, offered, channel).map((start) => start().mechanism);

  test('is the strongest that both have', () => {
    expect(names(secret, all, tls)).toEqual(['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN', 'LOGIN']);
    expect(names({ ...secret, authorizeAs: 'x' }, ['LOGIN', 'PLAIN'], tls)).toEqual(['PLAIN']);
    expect(names({ kind: 'token', username: 'u', token: 't' }, all, tls)).toEqual(['XOAUTH2']);
    expect(names({ kind: 'certificate' }, all, tls)).toEqual(['EXTERNAL']);
  });
  test('tells no secret in plain text unless asked to', () => {
    expect(names(secret, all, plain)).toEqual(['SCRAM-SHA-256', 'SCRAM-SHA-1']);
    expect(names(secret, ['PLAIN'], { ...plain, allowPlaintext: true })).toEqual(['PLAIN']);
  });
  test('says that a binding was possible only where none is offered', () => {
    const flags = (offered: readonly string[]) =>
      chooseClientMechanisms(secret, offered, tls).map((start) => text(start().initial)?.slice(0, 2));
    expect(flags(['SCRAM-SHA-1'])).toEqual(['y,']);
    expect(flags(['SCRAM-SHA-1-PLUS', 'SCRAM-SHA-1'])).toEqual(['p=', 'n,']);
  });
});

test('RFC 7628 section 4.1, and its error is answered once', async () => {
  const client = clientOauthBearer('user@example.com', 'abc');
  expect(text(client.initial)).toBe('n,a=user@example.com,\x01auth=Bearer abc\x01\x01');
  expect(text(await client.respond(Buffer.from('{}')))).toBe('\x01');
  expect(client.isComplete).toBe(false);
  expect(await client.respond(Buffer.from('{}'))).toBeUndefined();
});
