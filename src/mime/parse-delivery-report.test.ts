import { expect, test } from 'vitest';
import { parseDeliveryReport } from './parse-delivery-report.ts';

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
