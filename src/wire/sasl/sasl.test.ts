import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { external } from './external.ts';
import { login } from './login.ts';
import { findMechanism, saslMechanisms } from './mechanisms.ts';
import { parsePlain, plain, printPlain } from './plain.ts';
import { decodeInitialResponse, decodeSaslBase64, encodeSaslBase64 } from './sasl-base64.ts';

describe('PLAIN', () => {
  test('parse(print(x)) is x', () => {
    const text = fc.string({ minLength: 1, maxLength: 40 }).filter((value) => !value.includes('\0'));
    fc.assert(
      fc.property(text, text, fc.oneof(fc.constant(''), text), (name, password, authorizeAs) => {
        const want = { kind: 'password', authorizeAs, login: name, password };
        expect(parsePlain(printPlain(name, password, authorizeAs))).toEqual(want);
      }),
    );
  });
  for (const message of [
    '',
    'a',
    '\0a',
    '\0\0b',
    '\0a\0',
    '\0a\0b\0',
    `\0a\0${'x'.repeat(1025)}`,
    `\0${'x'.repeat(1025)}\0b`,
  ]) {
    test(`refuses ${JSON.stringify(message.slice(0, 10))}`, () =>
      expect(parsePlain(Buffer.from(message))).toEqual({ kind: 'malformed' }));
  }
  test('refuses what is not UTF-8', () =>
    expect(parsePlain(Buffer.from('\0\xff\0b', 'latin1'))).toEqual({ kind: 'malformed' }));
  test('asks when there is no initial response', () => {
    const exchange = plain.start();
    expect(exchange.next(undefined)).toEqual({ kind: 'challenge', octets: new Uint8Array(0) });
    expect(exchange.next(Buffer.from('\0a\0b'))).toMatchObject({ login: 'a', password: 'b' });
  });
});

describe('LOGIN', () => {
  test('asks twice, or once after an initial response', () => {
    const exchange = login.start();
    expect(exchange.next(undefined)).toEqual({ kind: 'challenge', octets: Buffer.from('Username:') });
    expect(exchange.next(Buffer.from('a'))).toEqual({ kind: 'challenge', octets: Buffer.from('Password:') });
    expect(exchange.next(Buffer.from('b'))).toEqual({ kind: 'password', authorizeAs: '', login: 'a', password: 'b' });
    expect(login.start().next(Buffer.from('a'))).toMatchObject({ kind: 'challenge' });
  });
  test('refuses empty answers', () => {
    expect(login.start().next(Buffer.from(''))).toEqual({ kind: 'malformed' });
  });
});

test('EXTERNAL: the identity may be empty, and is text', () => {
  const exchange = external.start();
  expect(exchange.next(undefined)).toEqual({ kind: 'challenge', octets: new Uint8Array(0) });
  expect(exchange.next(new Uint8Array(0))).toEqual({ kind: 'certificate', authorizeAs: '' });
  expect(external.start().next(Buffer.from('a@b'))).toEqual({ kind: 'certificate', authorizeAs: 'a@b' });
  for (const wrong of [Buffer.from('a\0'), Buffer.from([0xff]), Buffer.alloc(1025, 'x')]) {
    expect(external.start().next(wrong)).toEqual({ kind: 'malformed' });
  }
});

describe('base64', () => {
  test('decode(encode(x)) is x', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (octets) => {
        const got = decodeSaslBase64(encodeSaslBase64(octets));
        expect(got.ok && Buffer.from(got.value).equals(octets)).toBe(true);
      }),
    );
  });
  for (const text of [
    'A',
    'AA',
    'AAA',
    'AA=',
    '=',
    '====',
    'AB==',
    'AAB=',
    'AA==AA==',
    'A A=',
    'AA-_',
    'AA==\n',
    'é',
  ]) {
    test(`refuses ${JSON.stringify(text)}`, () => expect(decodeSaslBase64(text).ok).toBe(false));
  }
  test('an initial response of "=" is empty', () => {
    expect(decodeInitialResponse('=')).toEqual({ ok: true, value: new Uint8Array(0) });
    expect(decodeInitialResponse('').ok).toBe(false);
  });
});

test('mechanisms are found in any case', () => {
  expect(findMechanism('plain')).toBe(plain);
  expect(findMechanism('NTLM')).toBeUndefined();
  expect(saslMechanisms.map(({ name }) => name)).toEqual([
    'EXTERNAL',
    'SCRAM-SHA-256-PLUS',
    'SCRAM-SHA-256',
    'SCRAM-SHA-1-PLUS',
    'SCRAM-SHA-1',
    'OAUTHBEARER',
    'XOAUTH2',
    'PLAIN',
    'LOGIN',
  ]);
});
