import { expect, test } from 'vitest';
import { scanMessage } from '../../mime/scan-message.ts';
import type { QueuedMessage } from '../queued.ts';
import { testEntry } from '../test-entries.ts';
import { composeReport } from './compose-report.ts';
import type { Notice, ReportSubject } from './notice.ts';
import { printStatusPart } from './status-part.ts';

const reply = { host: 'mx.one.example', code: 550, enhanced: '5.1.1', text: 'no such user' };
const failed: Notice = {
  recipient: 'bob@one.example',
  originalRecipient: undefined,
  action: 'failed',
  status: '5.1.1',
  reply,
};

function compose(
  notices: readonly [Notice, ...Notice[]],
  changes: Partial<QueuedMessage> = {},
  returnPath = 'ann@home.example',
) {
  return composeReport(subjectOf(notices, changes, returnPath));
}

function subjectOf(
  notices: readonly [Notice, ...Notice[]],
  changes: Partial<QueuedMessage> = {},
  returnPath = 'ann@home.example',
): ReportSubject {
  const { message } = testEntry({}, changes);
  const nowMs = Date.UTC(2026, 10, 24, 11);
  return { message, returnPath, notices, hostname: 'mail.home.example', nowMs };
}

function whole(report: ReturnType<typeof composeReport>, original = 'Subject: Hello\r\n'): Buffer {
  return Buffer.concat([report.before, Buffer.from(original), report.after]);
}

test('a report has its three parts, and the fields that RFC 3464 names', () => {
  const report = compose([failed], { envelopeId: 'QQ314' });
  const octets = whole(report);
  const part = scanMessage(octets);
  expect(part.children.map(({ type, subtype }) => `${type}/${subtype}`)).toEqual([
    'text/plain',
    'message/delivery-status',
    'text/rfc822-headers',
  ]);
  const text = octets.toString();
  expect(text).toContain(
    'Original-Envelope-Id: QQ314\r\nReporting-MTA: dns; mail.home.example\r\nArrival-Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n\r\n' +
      'Final-Recipient: rfc822; bob@one.example\r\nAction: failed\r\nStatus: 5.1.1\r\nRemote-MTA: dns; mx.one.example\r\n' +
      'Diagnostic-Code: smtp; 550 5.1.1 no such user\r\nLast-Attempt-Date: Tue, 24 Nov 2026 11:00:00 +0000\r\n',
  );
  expect(text).toContain('To: <ann@home.example>\r\n');
  expect(text).toContain('References: <1@home.example>\r\n');
  expect(text).toContain('Auto-Submitted: auto-replied\r\n');
  expect(text).toContain('  bob@one.example\r\n    The address does not exist there.');
  expect(report).toMatchObject({ includes: 'headers', utf8: false, has8bit: false });
});

test('all recipients that failed are in one report, each as its sender wrote it', () => {
  const other: Notice = {
    ...failed,
    recipient: 'real@two.example',
    originalRecipient: { type: 'rfc822', address: 'alias@two.example' },
    status: '',
    reply: undefined,
    because: 'given-up',
  };
  const text = whole(compose([failed, other])).toString();
  expect(text.match(/^Final-Recipient/gm)).toHaveLength(2);
  expect(text).toContain('Original-Recipient: rfc822; alias@two.example\r\nFinal-Recipient: rfc822; real@two.example');
  expect(text).toContain('Status: 5.0.0');
  expect(text).toContain('(you wrote to alias@two.example)');
});

test('the message comes back whole only when that was asked for, it failed, and it need not stay on TLS', () => {
  expect(compose([failed], { returnContent: 'full' }).includes).toBe('full');
  expect(compose([failed], { returnContent: 'headers' }).includes).toBe('headers');
  expect(compose([failed], { returnContent: 'full', tls: 'required' }).includes).toBe('headers');
  const delayed: Notice = { ...failed, action: 'delayed', status: '4.4.1', willRetryUntilMs: 0 };
  const report = compose([delayed], { returnContent: 'full' });
  expect(report.includes).toBe('headers');
  expect(whole(report).toString()).toContain('Will-Retry-Until: Thu, 01 Jan 1970 00:00:00 +0000');
});

test('beyond ASCII the report has the forms of RFC 6533', () => {
  const report = compose([{ ...failed, recipient: 'böb@one.example' }], { subject: 'Grüße' });
  const text = whole(report).toString();
  expect(report).toMatchObject({ utf8: true, has8bit: true });
  expect(text).toContain('Content-Type: message/global-delivery-status');
  expect(text).toContain('Content-Type: message/global-headers');
  expect(text).toContain('Final-Recipient: utf-8; böb@one.example');
  expect(text).toContain('Subject: Grüße');
});

test('the original recipient of RFC 6533 is escaped as the report needs it', () => {
  const original = { type: 'utf-8', address: 'b\u00f6b+x@one.example' };
  const plain = printStatusPart(subjectOf([{ ...failed, originalRecipient: original }]), false);
  expect(plain).toContain('Original-Recipient: utf-8; b\\x{F6}b\\x{2B}x@one.example\r\n');
  const international = printStatusPart(subjectOf([{ ...failed, originalRecipient: original }]), true);
  expect(international).toContain('Original-Recipient: utf-8; b\u00f6b\\x{2B}x@one.example\r\n');
});

test('what was asked of FUTURERELEASE comes back', () => {
  const text = printStatusPart(subjectOf([failed], { futureRelease: 'for;3600' }), false);
  expect(text).toMatch(/^Arrival-Date: .*\r\nFuture-Release-Request: for;3600\r$/m);
  expect(printStatusPart(subjectOf([failed]), false)).not.toContain('Future-Release');
});

test('nothing from outside adds a field or a part', () => {
  const evil = 'x\r\nEvil: yes\r\n\r\n--boundary';
  const report = compose(
    [{ ...failed, recipient: `${evil}@one.example`, reply: { ...reply, host: evil, text: evil } }],
    { subject: evil, headerMessageId: `<${evil}>`, envelopeId: evil },
    `${evil}@home.example`,
  );
  const text = whole(report).toString();
  expect(text).not.toMatch(/^Evil/m);
  expect(scanMessage(whole(report)).children).toHaveLength(3);
});
