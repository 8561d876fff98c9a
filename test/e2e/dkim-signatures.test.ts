import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseHeader } from '../../src/mime/parse-header.ts';
import { printKeyRecord } from '../../src/checks/dkim/key-record.ts';
import { RelaxedBodyHash } from '../../src/checks/dkim/relaxed-body.ts';
import { signMessage } from '../../src/checks/dkim/sign-message.ts';
import { hasDkimpy, oddText, verifyWithDkimpy } from './harness/dkimpy.ts';

const value = oddText.map((each) => `${each.replace(/\r\n[ \t\r\n]*/g, '\r\n ')}.`);
const names = fc.constantFrom(
  'Subject',
  'TO',
  'cc',
  'X-Other',
  'List-Id',
  'Content-Type',
  'Date',
  'Message-ID',
  'sender',
);
const message = fc
  .tuple(fc.array(fc.tuple(names, value)), oddText)
  // As SMTP carries it: a last line that is not ended gets its end on the way.
  .map(([fields, body]) => ({
    header: `${fields.map(([name, each]) => `${name}:${each}\r\n`).join('')}From: joe@example.org\r\n\r\n`,
    body: body === '' || body.endsWith('\r\n') ? body : `${body}\r\n`,
  }));

const name = 'dkimpy verifies both signatures of 1,000 odd messages, and none of a changed one';
test.skipIf(!hasDkimpy)(
  hasDkimpy ? name : `${name} (python3-dkim and python3-nacl are not installed)`,
  { timeout: 120_000 },
  async () => {
    const keys = [
      { selector: 'r', key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey },
      { selector: 'e', key: generateKeyPairSync('ed25519').privateKey },
    ];
    const records = Object.fromEntries(
      keys.map(({ selector, key }) => [`${selector}._domainkey.example.org`, printKeyRecord(key)]),
    );
    const odd = await Promise.all(
      fc.sample(message, { numRuns: 1000, seed: 20_261_124 }).map(async ({ header, body }) => {
        const hash = new RelaxedBodyHash();
        hash.update(Buffer.from(body, 'latin1'));
        const options = { domain: 'example.org', keys, nowMs: Date.now() };
        const signed = await signMessage(parseHeader(header), hash.digest(), options);
        return signed.ok ? signed.value + header + body : signed.error.kind;
      }),
    );
    const messages = [...odd, `${odd[0] ?? ''}more`].map((each) => Buffer.from(each, 'latin1'));
    const verdicts = verifyWithDkimpy(records, messages);
    expect(verdicts.length).toBe(1001);
    const isGood = ([first, second, ...more]: readonly boolean[]): boolean =>
      first === true && second === true && more.length === 0;
    expect(verdicts.slice(0, 1000).flatMap((each, n) => (isGood(each) ? [] : [odd[n]]))).toEqual([]);
    expect(verdicts[1000]).toEqual([false, false]);
  },
);
