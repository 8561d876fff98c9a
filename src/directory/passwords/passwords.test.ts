import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { BoundedWork } from './bounded-work.ts';
import { deriveCredential, verifyPassword } from './credential.ts';
import { LoginCache } from './login-cache.ts';
import { prepareOpaqueString } from '../../base/opaque-string.ts';

describe('prepareOpaqueString, with the examples of RFC 8265 section 4.3', () => {
  test.each([
    ['correct horse battery staple', 'correct horse battery staple'],
    ['Correct Horse Battery Staple', 'Correct Horse Battery Staple'],
    ['\u{3c0}\u{df}\u{e5}', '\u{3c0}\u{df}\u{e5}'],
    ['Jack of \u{2666}s', 'Jack of \u{2666}s'],
    ['foo\u{1680}bar', 'foo bar'],
    ['a\u{30a}', '\u{e5}'],
    ['l\u{b7}l', 'l\u{b7}l'],
    ['\u{30a2}\u{30fb}\u{30a4}', '\u{30a2}\u{30fb}\u{30a4}'],
    ['\u{915}\u{94d}\u{200d}', '\u{915}\u{94d}\u{200d}'],
    ['\u{661}\u{662}', '\u{661}\u{662}'],
    ['\u{1f600}', '\u{1f600}'],
  ])('%j', (text, want) => expect(prepareOpaqueString(text)).toEqual({ ok: true, value: want }));

  test.each([
    '',
    'my cat is a \u{9}by',
    'a\u{0}',
    '\u{d800}',
    '\u{200d}',
    'a\u{b7}b',
    '\u{30fb}',
    '\u{661}\u{6f1}',
    '\u{115f}',
    '\u{fffe}',
    '\u{ad}',
    '\u{e000}',
    '\u{640}',
    'x'.repeat(1025),
  ])('%j is refused', (text) => expect(prepareOpaqueString(text).ok).toBe(false));

  test('preparing twice changes nothing', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const prepared = prepareOpaqueString(text);
        if (prepared.ok) expect(prepareOpaqueString(prepared.value)).toEqual(prepared);
      }),
    ));
});

describe('credentials', () => {
  test('only the password itself passes, and it is nowhere in what is kept', async () => {
    const credential = await deriveCredential('pencil case');
    expect(await verifyPassword('pencil case', credential)).toBe(true);
    expect(await verifyPassword('Pencil case', credential)).toBe(false);
    expect(JSON.stringify(credential)).not.toContain('pencil');
    expect(await verifyPassword('pencil case', { ...credential, argon2id: { ...credential.argon2id, hash: '' } })).toBe(
      false,
    );
  });

  test.each(['sha256', 'sha1'] as const)(
    'SCRAM %s: what a client computes from the password proves it (RFC 5802 section 3)',
    async (digest) => {
      const credential = await deriveCredential('pencil');
      const { salt, iterations, storedKey, serverKey } =
        digest === 'sha256' ? credential.scramSha256 : credential.scramSha1;
      const salted = pbkdf2Sync(
        'pencil',
        Buffer.from(salt, 'base64'),
        iterations,
        digest === 'sha256' ? 32 : 20,
        digest,
      );
      const clientKey = createHmac(digest, salted).update('Client Key').digest();
      expect(createHash(digest).update(clientKey).digest('base64')).toBe(storedKey);
      expect(createHmac(digest, salted).update('Server Key').digest('base64')).toBe(serverKey);
      expect(Buffer.from(salt, 'base64')).toHaveLength(16);
      expect(iterations).toBeGreaterThanOrEqual(4096);
    },
  );
});

test('the cache knows a login by account, credential and password, for 15 minutes', async () => {
  const clock = { time: 0, now: () => clock.time };
  const cache = new LoginCache(clock);
  const [one, two] = [await deriveCredential('a'), await deriveCredential('a')];
  cache.add('alice', one, 'a');
  expect(cache.has('alice', one, 'a')).toBe(true);
  expect(cache.has('bob', one, 'a')).toBe(false);
  expect(cache.has('alice', two, 'a')).toBe(false);
  expect(cache.has('alice', one, 'b')).toBe(false);
  clock.time = 15 * 60 * 1000;
  expect(cache.has('alice', one, 'a')).toBe(false);
});

test('BoundedWork runs no more than its limit at once, and all of it, also after failures', async () => {
  const bounded = new BoundedWork(2);
  let running = 0;
  let most = 0;
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, (_, n) =>
      bounded.run(async () => {
        most = Math.max(most, ++running);
        await new Promise(setImmediate);
        running--;
        if (n % 3 === 0) throw new Error('failed');
        return n;
      }),
    ),
  );
  expect(most).toBe(2);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(13);
});

test('BoundedWork takes what is urgent before all that waits', async () => {
  const bounded = new BoundedWork(1);
  const order: string[] = [];
  const piece = (name: string, isUrgent = false) => bounded.run(async () => void order.push(name), isUrgent);
  await Promise.all([
    piece('running'),
    piece('a'),
    piece('b'),
    piece('urgent', true),
    piece('c'),
    piece('as much', true),
  ]);
  expect(order).toEqual(['running', 'urgent', 'as much', 'a', 'b', 'c']);
});
