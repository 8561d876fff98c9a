import { expect, test } from 'vitest';
import { silentLog } from '../base/log.ts';
import type { IncomingBounce } from '../queue/bounces.ts';
import type { AccountId } from '../store/ids.ts';
import type { EnvelopeRecipient, IncomingMessage, RecipientResult } from './incoming.ts';
import { readBounces } from './note-bounces.ts';

const octets = Buffer.from(
  [
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
    '',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.one.example',
    '',
    'Final-Recipient: rfc822; a@one.example',
    'Action: failed',
    'Status: 5.1.1',
    '',
    '--b--',
    '',
  ].join('\r\n'),
);

const account = { id: 7 as AccountId, name: 'ann', quotaBytes: undefined, disabled: undefined };
const recipient = {
  address: { localPart: 'ann+x', domain: 'home.example' },
  printed: 'ann+x@home.example',
  destination: { kind: 'account', recipient: { account, mailbox: 'INBOX' }, canonical: 'ann@home.example' },
  ...{ notify: undefined, originalRecipient: undefined },
} as unknown as EnvelopeRecipient;

/** What the queue hears of a message. */
async function heard(
  changes: Partial<IncomingMessage> = {},
  result: RecipientResult = { recipient, kind: 'filed', copies: 1 },
): Promise<readonly IncomingBounce[]> {
  const told: IncomingBounce[] = [];
  const bounces = {
    bounced: (bounce: IncomingBounce) => {
      told.push(bounce);
      return Promise.resolve(true);
    },
  };
  const spool = { head: () => octets } as unknown as IncomingMessage['spool'];
  const message = { id: 'x', sender: undefined, recipients: [recipient], spool, trace: '', ...changes };
  await readBounces({ bounces, log: silentLog }, message)?.([result]);
  return told;
}

test('a report with the null path is told, with the account that got it', async () => {
  expect(await heard()).toMatchObject([
    { accountId: 7, returnPath: 'ann+x@home.example', report: { action: 'failed', status: '5.1.1' } },
  ]);
});

test('what is no report is told as such', async () => {
  const spool = { head: () => Buffer.from('Subject: away\r\n\r\nhello\r\n') } as unknown as IncomingMessage['spool'];
  expect(await heard({ spool })).toMatchObject([{ returnPath: 'ann+x@home.example', report: undefined }]);
});

test('mail of somebody is no bounce, nor is what was not filed, or what goes to many', async () => {
  expect(await heard({ sender: { localPart: 'carl', domain: 'one.example' } })).toEqual([]);
  expect(await heard({}, { recipient, kind: 'refused', reason: 'over-quota' })).toEqual([]);
  expect(await heard({ recipients: Array.from({ length: 6 }, () => recipient) })).toEqual([]);
});

test('that the queue cannot note it does not fail the delivery', async () => {
  const bounces = { bounced: () => Promise.reject(new Error('the database is away')) };
  const spool = { head: () => octets } as unknown as IncomingMessage['spool'];
  const message = { id: 'x', sender: undefined, recipients: [recipient], spool, trace: '' };
  const note = readBounces({ bounces, log: silentLog }, message);
  await expect(note?.([{ recipient, kind: 'filed', copies: 1 }])).resolves.toBeUndefined();
});
