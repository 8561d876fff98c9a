import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseDeliveryReport } from './parse-delivery-report.ts';
import { hasVectors, vectorsFolder } from './testing/vector-messages.ts';

const group = [
  'Original-Recipient: rfc822;bob@one.example',
  'Final-Recipient: rfc822; bobby@one.example',
  'Action: failed (no such user)',
  'Status: 5.1.1',
  'Remote-MTA: dns; mx.one.example',
  'Diagnostic-Code: smtp; 550 5.1.1 <bobby@one.example>:',
  ' user unknown',
].join('\r\n');

function reportOf(
  groups: readonly string[],
  type = 'message/delivery-status',
  encoding = '7bit',
  body?: string,
): Buffer {
  const status = body ?? `Reporting-MTA: dns; out.one.example\r\n\r\n${groups.join('\r\n\r\n')}\r\n`;
  return Buffer.from(
    [
      'From: postmaster@one.example',
      'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
      '',
      '--b',
      '',
      'It did not work.',
      '--b',
      `Content-Type: ${type}`,
      `Content-Transfer-Encoding: ${encoding}`,
      '',
      `${status}--b`,
      'Content-Type: text/rfc822-headers',
      '',
      'Subject: hello',
      '',
      '--b--',
      '',
    ].join('\r\n'),
  );
}

const expected = {
  action: 'failed',
  status: '5.1.1',
  code: 550,
  text: '550 5.1.1 <bobby@one.example>: user unknown',
  recipient: 'bobby@one.example',
  host: 'mx.one.example',
};

test('a report about one recipient is read, folded fields and comments included', () => {
  expect(parseDeliveryReport(reportOf([group]))).toEqual(expected);
});

test('in the form for international mail as well, and encoded', () => {
  const status = Buffer.from(
    `Reporting-MTA: dns; out.one.example\r\n\r\n${group.replace('bobby@one', 'b\u00f6bby@one')}\r\n`,
  );
  const body = `${status.toString('base64')}\r\n`;
  expect(parseDeliveryReport(reportOf([], 'message/global-delivery-status', 'base64', body))).toMatchObject({
    recipient: 'b\u00f6bby@one.example',
  });
});

test('without a diagnostic of SMTP the status makes the code, and the host is who reports', () => {
  const short =
    'Final-Recipient: rfc822; a@b.example\r\nAction: DELAYED\r\nStatus: 4.4.1\r\nDiagnostic-Code: x-unix; 550 no';
  expect(parseDeliveryReport(reportOf([short]))).toEqual({
    ...{ action: 'delayed', status: '4.4.1', code: 400, text: '550 no', recipient: 'a@b.example' },
    host: 'out.one.example',
  });
});

test.each([
  ['two recipients', reportOf([group, group])],
  ['no recipient', reportOf([])],
  ['an action nobody knows', reportOf([group.replace('failed', 'lost')])],
  ['no status', reportOf([group.replace('5.1.1', 'none')])],
  ['another kind of report', reportOf([group], 'message/feedback-report')],
  ['no report', Buffer.from('Subject: hello\r\n\r\nhello\r\n')],
  ['nothing', Buffer.alloc(0)],
])('%s: none', (_what, octets) => {
  expect(parseDeliveryReport(octets)).toBeUndefined();
});

test('one that is cut anywhere is read or is none, and what is kept is bounded', () => {
  const whole = reportOf([group]);
  for (let end = 0; end < whole.length; end += 7) {
    const read = parseDeliveryReport(whole.subarray(0, end));
    if (read !== undefined) expect(read.action).toBe('failed');
  }
  const long = reportOf([group.replace('user unknown', 'x'.repeat(20_000))]);
  expect(parseDeliveryReport(long)?.text).toHaveLength(500);
});

const without = (name: string): string => group.replace(new RegExp(`^${name}: .*\\r\\n`, 'm'), '');
test.each([
  ['in another multipart', Buffer.from(reportOf([group]).toString().replace('multipart/report', 'multipart/mixed'))],
  ['without a group for the message', reportOf([], undefined, undefined, `\r\n${group}\r\n`)],
  ['in the group of the message', reportOf([], undefined, undefined, `Reporting-MTA: dns; x\r\n${group}\r\n`)],
  ['behind several blank lines', reportOf([`\r\n${group}`])],
  ['without Status', reportOf([without('Status')])],
  ['without Action', reportOf([without('Action')])],
])('read as well: %s', (_what, octets) => {
  expect(parseDeliveryReport(octets)).toEqual(expected);
});

test('without Final-Recipient the original one counts, angle brackets do not', () => {
  const odd = without('Final-Recipient').replace('rfc822;bob@one.example', 'rfc822; <bob@one.example>');
  expect(parseDeliveryReport(reportOf([odd]))).toEqual({ ...expected, recipient: 'bob@one.example' });
});

test('a diagnostic that contradicts its own code makes the status of the code alone', () => {
  const odd = without('Status').replace('550 5.1.1', '550 4.1.1');
  expect(parseDeliveryReport(reportOf([odd]))).toMatchObject({ status: '5.0.0', code: 550 });
});

describe.skipIf(!hasVectors)('bounces of many programs (skipped where ../shared/vectors is missing)', () => {
  test('those with a machine-readable part about one recipient are read', () => {
    const folder = join(vectorsFolder, 'bounces');
    const unread: string[] = [];
    let count = 0;
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.eml'))) {
      const text = readFileSync(join(folder, file), 'latin1').replace(/^From .*\n/, '');
      const status = /^content-type: *message\/(?:global-)?delivery-status/im.exec(text);
      if (status === null || text.slice(status.index).split(/^final-recipient/im).length !== 2) continue;
      count++;
      if (parseDeliveryReport(Buffer.from(text, 'latin1')) === undefined) unread.push(file);
    }
    expect(count).toBeGreaterThan(150);
    expect(unread).toEqual([
      // The action is "expired", the status empty.
      'lhost-sendgrid-03.eml',
      // Quoted in a plain text, not a part.
      ...['lhost-sendmail-53.eml', 'lhost-sendmail-54.eml'],
      // Their boundary lines are not those of the header: others cannot find the part either.
      ...['rhost-franceptt-07.eml', 'rhost-google-02.eml'],
    ]);
  });
});
