import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { silentLog } from '../base/log.ts';
import { printKeyRecord } from '../checks/dkim/key-record.ts';
import { verifyNaively } from '../checks/dkim/testing/naive-verifier.ts';
import { createReportSigner } from './create-report-signer.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const key = {
  selector: 's',
  algorithm: 'ed25519',
  privateKey: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
} as const;
const record = printKeyRecord(createPublicKey(publicKey.export({ type: 'spki', format: 'pem' }))) ?? '';
const signer = createReportSigner({
  directory: { dkimKeysOf: (domain) => (domain === 'example.org' ? [key] : []) },
  clock: { now: () => 1000 },
  log: silentLog,
  hostname: 'mail.example.org',
});

const report = (from: string) =>
  `From: Mail <${from}>\r\nDate: x\r\nMessage-ID: <1@mail.example.org>\r\n\r\nIt  did not go. \r\n\r\n\r\n`;

async function sign(text: string, size: number): Promise<string> {
  const signature = signer.begin();
  for (let at = 0; at < text.length; at += size) signature.write(Buffer.from(text.slice(at, at + size), 'latin1'));
  return signature.finish();
}

test.each([1, 7, 1000])('a notification in pieces of %i octets is signed as the whole', async (size) => {
  const text = report('postmaster@mail.example.org');
  const signed = (await sign(text, size)) + text;
  expect(verifyNaively(signed, new Map([['s._domainkey.example.org', record]]))).toEqual(['pass']);
});

test('without a key it stays unsigned', async () => {
  expect(await sign(report('postmaster@elsewhere.test'), 100)).toBe('');
  expect(await sign('Subject: no From\r\n\r\n', 100)).toBe('');
});
