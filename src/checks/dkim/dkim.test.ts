import { createHash, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseHeader } from '../../mime/parse-header.ts';
import { printKeyRecord } from './key-record.ts';
import { RelaxedBodyHash } from './relaxed-body.ts';
import { signMessage } from './sign-message.ts';
import type { SignOptions } from './sign-message.ts';
import { relaxField } from './signed-fields.ts';
import { verifyNaively } from './testing/naive-verifier.ts';
import { vector } from './testing/rfc8463.ts';

const domain = 'football.example.com';
const rsa = createPrivateKey(vector.rsaKeyPem);
const ed25519 = createPrivateKey({
  key: Buffer.from(
    `302e020100300506032b657004220420${Buffer.from(vector.ed25519Seed, 'base64').toString('hex')}`,
    'hex',
  ),
  format: 'der',
  type: 'pkcs8',
});
const keys = [
  { selector: 'brisbane', key: ed25519 },
  { selector: 'test', key: rsa },
];
const records = new Map(
  keys.map(({ selector, key }) => [`${selector}._domainkey.${domain}`, printKeyRecord(key) ?? '']),
);

function hashBody(body: string, pieceLength = 7): string {
  const hash = new RelaxedBodyHash();
  const octets = Buffer.from(body, 'latin1');
  for (let at = 0; at < octets.length; at += pieceLength) hash.update(octets.subarray(at, at + pieceLength));
  return hash.digest();
}

async function signed(message: string, options: Partial<SignOptions> = {}): Promise<string> {
  const end = message.indexOf('\r\n\r\n') + 4;
  const header = parseHeader(message.slice(0, end));
  const result = await signMessage(header, hashBody(message.slice(end)), {
    domain,
    keys,
    nowMs: 1_528_637_909_000,
    ...options,
  });
  if (!result.ok) throw new Error(result.error.kind);
  return result.value + message;
}

const letter = `From: Joe <joe@${domain}>\r\nTo: a@example.net\r\nSubject: x\r\n\r\nHi.\r\n`;

describe('the body', () => {
  const sha256 = (text: string) => createHash('sha256').update(text, 'latin1').digest('base64');

  test.each<[string, string, string]>([
    ['of the RFC', ' C \r\nD \t E\r\n\r\n\r\n', ' C\r\nD E\r\n'],
    ['empty', '', ''],
    ['empty lines', '\r\n\r\n', ''],
    ['blanks', ' \r\n\t\t\r\n  ', ''],
    ['no line end', 'a', 'a\r\n'],
    ['blanks at the end', 'a \t', 'a\r\n'],
    ['empty lines at the start and within', '\r\n\r\na\r\n\r\nb\r\n', '\r\n\r\na\r\n\r\nb\r\n'],
    ['blanks at the start of a line', '\t\ta', ' a\r\n'],
    ['bare CR and LF are no line ends', 'a \rb\n c\r\r\n\r', 'a \rb\n c\r\r\n\r\r\n'],
    ['8-bit', 'ä\xff\0\r\n', 'ä\xff\0\r\n'],
  ])('%s', (_name, body, want) => {
    for (const length of [1, 2, 3, 100]) expect(hashBody(body, length)).toBe(sha256(want));
  });

  test('the hash of nothing is that of the RFC', () => {
    expect(hashBody('')).toBe('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
  });

  test('longer than what is kept at once', () => {
    for (const length of [65_528, 65_529, 65_530, 65_536]) {
      expect(hashBody('x'.repeat(length), 100_000)).toBe(sha256(`${'x'.repeat(length)}\r\n`));
    }
    const body = `${'x'.repeat(65_535)}\r\n`.repeat(3);
    expect(hashBody(body, 10_000)).toBe(sha256(body));
    expect(hashBody(`a${'\r\n'.repeat(100_000)}b`, 60_000)).toBe(sha256(`a${'\r\n'.repeat(100_000)}b\r\n`));
  });
});

test.each([
  ['A', ' X', 'a:X'],
  ['B', ' Y\t\r\n\tZ  ', 'b:Y Z'],
  ['Subject', '', 'subject:'],
  ['Subject', ' \t ', 'subject:'],
])('relaxed field %s:%j', (name, raw, want) => expect(relaxField(name, raw)).toBe(want));

describe('RFC 8463 appendix A', () => {
  test('its signatures verify: the verifier of these tests is right', () => {
    expect(verifyNaively(vector.message, vector.records)).toEqual(['pass', 'pass']);
    expect(verifyNaively(vector.message.replace('Are you', 'Were you'), vector.records)).toEqual(['body', 'body']);
    expect(verifyNaively(vector.message.replace('dinner', 'lunch'), vector.records)).toEqual([
      'signature',
      'signature',
    ]);
  });

  test('its body has the hash that we make, and its keys the records that we print', () => {
    const body = vector.message.slice(vector.message.indexOf('\r\n\r\n') + 4);
    expect(hashBody(body)).toBe('2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=');
    const keyOf = (record = '') => /p=(.*)$/.exec(record)?.[1];
    for (const [name, record] of vector.records) expect(keyOf(records.get(name))).toBe(keyOf(record));
  });
});

describe('signatures', () => {
  test('look like this', async () => {
    const text = await signed(letter, { keys: keys.slice(0, 1), lifetimeSeconds: 1000 });
    expect(text.slice(0, text.indexOf('bh='))).toBe(
      [
        'DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;',
        '\td=football.example.com;',
        '\ts=brisbane; t=1528637909; x=1528638909;',
        '\th=from:from:to:to:cc:subject:subject:date:message-id:reply-to:in-reply-to:',
        '\treferences:mime-version:content-type:content-transfer-encoding;',
        '\t',
      ].join('\r\n'),
    );
    expect(Math.max(...text.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(78);
  });

  test('of both kinds verify, also after what servers do on the way', async () => {
    const text = await signed(letter);
    expect(verifyNaively(text, records)).toEqual(['pass', 'pass']);
    const onTheWay = text.replace('Subject: x', 'subject:  x ').replace('Hi.\r\n', 'Hi. \t\r\n\r\n\r\n');
    expect(verifyNaively(`Received: by x\r\n${onTheWay}`, records)).toEqual(['pass', 'pass']);
  });

  test.each([
    'From: evil@example.com',
    'Subject: other',
    'Cc: b@example.net',
    'Reply-To: evil@example.com',
    'Content-Type: text/html',
  ])('a field that was added breaks them: %s', async (field) => {
    const text = await signed(letter);
    expect(verifyNaively(`${field}\r\n${text}`, records)).toEqual(['signature', 'signature']);
    expect(verifyNaively(text.replace('\r\n\r\n', `\r\n${field}\r\n\r\n`), records)).toEqual([
      'signature',
      'signature',
    ]);
  });

  test('fields that occur more than once are signed from the last up, within bounds', async () => {
    const many = `${'List-Post: x\r\n'.repeat(30)}To: one@example.net\r\nTo: two@example.net\r\n${letter}`;
    const text = await signed(many);
    expect(verifyNaively(text, records)).toEqual(['pass', 'pass']);
    expect(text.match(/list-post[:;]/g)?.length).toBe(40);
    expect(verifyNaively(text.replace('To: one', 'To: One'), records)).toEqual(['signature', 'signature']);
  });

  test('odd messages', async () => {
    const odd = fc.string({
      unit: fc.constantFrom(' ', '\t', '\r\n', 'a', 'ä', '\xff', '.', ';', 'b=', '\r\n\r\n'),
      maxLength: 60,
    });
    const value = odd.map((text) => text.replace(/\r\n[ \t\r\n]*/g, '\r\n '));
    const names = fc.constantFrom('Subject', 'TO', 'cc', 'X-Other', 'List-Id', 'Content-Type', 'Date', 'DKIM-Nothing');
    const fields = fc.array(fc.tuple(names, value).map(([name, text]) => `${name}:${text}.\r\n`));
    await fc.assert(
      fc.asyncProperty(fields, odd, async (header, body) => {
        const text = await signed(`${header.join('')}From: joe@${domain}\r\n\r\n${body}`, { keys: keys.slice(0, 1) });
        expect(verifyNaively(text, records)).toEqual(['pass']);
      }),
      { numRuns: 300 },
    );
  });
});

describe('no signature', () => {
  const options = { domain, keys, nowMs: 0 };

  test('without From', async () => {
    expect(await signMessage(parseHeader('To: a\r\n\r\n'), hashBody(''), options)).toEqual({
      ok: false,
      error: { kind: 'no-from' },
    });
  });

  test('with a key that is of another kind, weak, or not private; not even with the others', async () => {
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const weak = generateKeyPairSync('rsa', { modulusLength: 512 });
    const open = generateKeyPairSync('ed25519');
    for (const key of [ec.privateKey, weak.privateKey, open.publicKey]) {
      const mixed = { ...options, keys: [...keys, { selector: 's', key }] };
      expect(await signMessage(parseHeader(letter), hashBody(''), mixed)).toEqual({
        ok: false,
        error: { kind: 'unusable-key', selector: 's' },
      });
    }
    expect(printKeyRecord(ec.privateKey)).toBeUndefined();
    expect(printKeyRecord(open.publicKey)).toMatch(/^v=DKIM1; k=ed25519; p=.{43}=$/);
  });
});
