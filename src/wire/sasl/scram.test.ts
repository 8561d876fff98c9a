import fc from 'fast-check';
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseClientFinal, parseClientFirst } from './scram-message.ts';
import { startScram } from './scram.ts';
import type { ScramClaim, ScramOptions } from './scram.ts';
import type { ScramDigest, ScramVerifier } from './scram-verifier.ts';

interface Vector {
  readonly digest: string;
  readonly user: string;
  readonly pass: string;
  readonly salt64: string;
  readonly iters: number;
  readonly serverNonce: string;
  readonly steps: readonly string[];
}

const folder = join(import.meta.dirname, '../../../../shared/vectors/scram');
const digestOf = (name: string): ScramDigest => (name === 'SHA-1' ? 'sha1' : 'sha256');
const hmac = (digest: ScramDigest, key: Uint8Array, text: string) => createHmac(digest, key).update(text).digest();

function derive(digest: ScramDigest, password: string, salt: Uint8Array, iterations: number) {
  const salted = pbkdf2Sync(password, salt, iterations, digest === 'sha1' ? 20 : 32, digest);
  const clientKey = hmac(digest, salted, 'Client Key');
  const storedKey = createHash(digest).update(clientKey).digest();
  const verifier: ScramVerifier = { salt, iterations, storedKey, serverKey: hmac(digest, salted, 'Server Key') };
  return { verifier, clientKey };
}

function claim(options: ScramOptions, first: string): ScramClaim {
  const started = startScram(options, Buffer.from(first));
  if (started.kind !== 'claim') throw new Error(`failed: ${started.why}`);
  return started;
}

describe.skipIf(!existsSync(folder))('vectors (skipped without ../shared)', () => {
  for (const file of existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []) {
    test(file, () => {
      const vector = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Vector;
      const [first = '', serverFirst, final = '', serverFinal] = vector.steps;
      const digest = digestOf(vector.digest);
      const { verifier } = derive(digest, vector.pass, Buffer.from(vector.salt64, 'base64'), vector.iters);
      const started = claim({ digest, plus: false, binding: undefined, nonce: vector.serverNonce }, first);
      expect(started.login).toBe(vector.user);
      const challenge = started.challenge(verifier);
      expect(Buffer.from(challenge.octets).toString()).toBe(serverFirst);
      expect(challenge.prove(Buffer.from(final))).toMatchObject({
        ...{ kind: 'proven', octets: Buffer.from(serverFinal ?? '') },
      });
    });
  }
});

describe('channel binding and proof', () => {
  const digest = 'sha256';
  const { verifier, clientKey } = derive(digest, 'pencil', Buffer.from('salt'), 2);
  const data = Buffer.from('exporter octets');
  const binding = (type: string) => (type === 'tls-exporter' ? data : undefined);
  const plain = { digest, plus: false, binding: undefined } as const;
  const plus = { digest, plus: true, binding } as const;

  /** Plays a right client, except for what is given otherwise. */
  function play(options: ScramOptions, header: string, bound: Uint8Array, change = (proof: Buffer) => proof) {
    const bare = 'n=user,r=abc';
    const challenge = claim(options, header + bare).challenge(verifier);
    const serverFirst = Buffer.from(challenge.octets).toString();
    const nonce = /^r=([^,]+)/.exec(serverFirst)?.[1] ?? '';
    const c = Buffer.concat([Buffer.from(header), bound]).toString('base64');
    const withoutProof = `c=${c},r=${nonce}`;
    const signature = hmac(digest, verifier.storedKey, `${bare},${serverFirst},${withoutProof}`);
    const proof = change(Buffer.from(clientKey.map((octet, at) => octet ^ (signature[at] ?? 0))));
    return challenge.prove(Buffer.from(`${withoutProof},p=${proof.toString('base64')}`));
  }
  const nothing = Buffer.alloc(0);

  test('a right proof passes, with and without binding', () => {
    expect(play(plain, 'n,,', nothing).kind).toBe('proven');
    expect(play(plain, 'y,,', nothing).kind).toBe('proven');
    expect(play({ ...plain, binding }, 'n,,', nothing).kind).toBe('proven');
    expect(play(plus, 'p=tls-exporter,,', data).kind).toBe('proven');
  });
  test('a wrong, short or long proof fails', () => {
    const flip = (proof: Buffer) => Buffer.from(proof.map((octet, at) => (at === 7 ? octet ^ 1 : octet)));
    for (const change of [flip, (p: Buffer) => p.subarray(1), (p: Buffer) => Buffer.concat([p, p])]) {
      expect(play(plain, 'n,,', nothing, change)).toEqual({ kind: 'failed', why: 'proof' });
    }
  });
  test('another connection is noticed', () => {
    expect(play(plus, 'p=tls-exporter,,', Buffer.from('other'))).toEqual({ kind: 'failed', why: 'binding' });
  });
  test.each([
    ['somebody hid -PLUS', { ...plain, binding }, 'y,,'],
    ['-PLUS without a binding', plus, 'n,,'],
    ['-PLUS with "y"', plus, 'y,,'],
    ['another type', plus, 'p=tls-unique,,'],
    ['a binding without -PLUS', { ...plain, binding }, 'p=tls-exporter,,'],
    ['-PLUS where there is none', { ...plus, binding: undefined }, 'p=tls-exporter,,'],
  ])('refused: %s', (_, options, header) => {
    const got = startScram(options, Buffer.from(`${header}n=user,r=abc`));
    expect(got).toEqual({ kind: 'failed', why: 'binding' });
  });
  test('a nonce that is not ours fails', () => {
    const challenge = claim(plain, 'n,,n=user,r=abc').challenge(verifier);
    expect(challenge.prove(Buffer.from('c=biws,r=abc,p=AAAA'))).toEqual({ kind: 'failed', why: 'malformed' });
  });
  test('nonces differ', () => {
    const octets = () => Buffer.from(claim(plain, 'n,,n=user,r=abc').challenge(verifier).octets).toString();
    expect(octets()).not.toBe(octets());
  });
});

describe('messages', () => {
  test('names are unescaped once', () => {
    const first = parseClientFirst(Buffer.from('n,a=x=3D2C,n=a=2Cb=3Dc,r=1,x=y'));
    expect(first).toMatchObject({ login: 'a,b=c', authorizeAs: 'x=2C', nonce: '1', gs2Header: 'n,a=x=3D2C,' });
  });
  for (const text of ['', 'n,', 'n,,', 'n,,n=,r=1', 'n,,n=a=2c,r=1', 'n,,n=a', 'n,,n=a,r=', 'n,,m=x,n=a,r=1'].concat([
    'x,,n=a,r=1',
    'p=,,n=a,r=1',
    'n,a=,n=a,r=1',
    'n,,n=a,r=\u{e9}',
    'n,,n=a\0,r=1',
    `n,,n=${'a'.repeat(1025)},r=1`,
    `n,,n=a,r=${'1'.repeat(513)}`,
  ])) {
    test(`refuses ${JSON.stringify(text.slice(0, 20))}`, () =>
      expect(parseClientFirst(Buffer.from(text))).toBeUndefined());
  }
  for (const text of ['', 'c=biws,r=1', 'c=,r=1,p=AAAA', 'c=biw,r=1,p=AAAA', 'c=biws,r=1,p=AAA', 'r=1,p=AAAA']) {
    test(`refuses the end ${JSON.stringify(text)}`, () => expect(parseClientFinal(Buffer.from(text))).toBeUndefined());
  }
  test('no octets make them throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
        parseClientFirst(octets);
        parseClientFinal(octets);
      }),
    );
  });
});

describe('whole conversations', () => {
  const digest = 'sha256';
  const { verifier, clientKey } = derive(digest, 'pencil', Buffer.from('salt'), 2);
  const options = { digest, plus: false, binding: undefined } as const;
  const encode = (name: string): string => name.replaceAll('=', '=3D').replaceAll(',', '=2C');
  const name = fc
    .array(fc.constantFrom('a', '=', ',', '=2C', '=3D', ' ', '@', 'é', '日', '😀', '"', '\u{ad}'), {
      minLength: 1,
      maxLength: 12,
    })
    .map((parts) => parts.join(''));
  const nonce = fc.stringMatching(/^[!-+.-~]{1,30}$/);

  /** `client-final-message` of somebody who knows the password. */
  function finish(bare: string, header: string, serverFirst: string): string {
    const nonces = /^r=([^,]+)/.exec(serverFirst)?.[1] ?? '';
    const withoutProof = `c=${Buffer.from(header).toString('base64')},r=${nonces}`;
    const signature = hmac(digest, verifier.storedKey, `${bare},${serverFirst},${withoutProof}`);
    return `${withoutProof},p=${Buffer.from(clientKey.map((octet, at) => octet ^ (signature[at] ?? 0))).toString('base64')}`;
  }

  test('any names pass, as they are meant; a final message that is changed anywhere does not', () => {
    fc.assert(
      fc.property(
        fc.record({ login: name, as: fc.option(name, { nil: '' }), nonce, at: fc.nat(), octet: fc.nat(255) }),
        (each) => {
          const header = `n,${each.as === '' ? '' : `a=${encode(each.as)}`},`;
          const bare = `n=${encode(each.login)},r=${each.nonce}`;
          const started = claim(options, header + bare);
          expect([started.login, started.authorizeAs]).toEqual([each.login, each.as]);
          const challenge = started.challenge(verifier);
          const serverFirst = Buffer.from(challenge.octets).toString();
          expect(serverFirst.startsWith(`r=${each.nonce}`)).toBe(true);
          const final = Buffer.from(finish(bare, header, serverFirst));
          expect(challenge.prove(final).kind).toBe('proven');
          const changed = Buffer.from(final);
          changed[each.at % final.length] = each.octet;
          if (!changed.equals(final)) expect(challenge.prove(changed).kind).toBe('failed');
          expect(challenge.prove(final.subarray(0, each.at % final.length)).kind).toBe('failed');
        },
      ),
      { seed: 5802, numRuns: 500 },
    );
  });

  test('the header that is repeated must be the one that was sent', () => {
    for (const [sent, repeated] of [
      ['n,,', 'y,,'],
      ['y,,', 'n,,'],
      ['n,a=x,', 'n,,'],
      ['n,,', 'n,a=x,'],
      ['n,,', 'p=tls-exporter,,'],
      ['n,,', ''],
    ] as const) {
      const challenge = claim(options, `${sent}n=a,r=1`).challenge(verifier);
      const final = finish('n=a,r=1', repeated, Buffer.from(challenge.octets).toString());
      expect([sent, repeated, challenge.prove(Buffer.from(final)).kind]).toEqual([sent, repeated, 'failed']);
    }
  });

  test.each([
    ['an extension that must be understood', 'n,,m=x,n=a,r=1'],
    ['one in the GS2 header', 'n,m=x,n=a,r=1'],
    ['a name with "=" alone', 'n,,n=a=,r=1'],
    ['a name escaped in lower case', 'n,,n=a=2c,r=1'],
    ['another escape', 'n,,n=a=41,r=1'],
    ['the authorization escaped wrongly', 'n,a==,n=a,r=1'],
    ['two names', 'n,,n=a,n=b,r=1'],
    ['the nonce before the name', 'n,,r=1,n=a'],
    ['a comma in the nonce', 'n,,n=a,r=1,2'],
    ['blanks in the nonce', 'n,,n=a,r=1 2'],
    ['an extension without value', 'n,,n=a,r=1,x='],
    ['an extension with a long name', 'n,,n=a,r=1,xy=1'],
    ['a comma at the end', 'n,,n=a,r=1,'],
    ['a line end', 'n,,n=a,r=1\r\n'],
    ['a flag in upper case', 'N,,n=a,r=1'],
    ['a binding without name', 'p,,n=a,r=1'],
    ['octets that are no UTF-8', Buffer.from('n,,n=\xff,r=1', 'latin1')],
  ])('refused: %s', (_what, first) => {
    expect(startScram(options, Buffer.from(first))).toEqual({ kind: 'failed', why: 'malformed' });
  });
});
