import { printMailDate } from '../../mime/print-mail-date.ts';
import type { RemoteReply } from '../queued.ts';
import type { Notice, ReportSubject } from './notice.ts';

/** The fields for programs: one group for the message, one for each recipient. RFC 3464 section 2, RFC 6533 section 3. */
export function printStatusPart(subject: ReportSubject, utf8: boolean): string {
  const { message, notices, hostname, nowMs } = subject;
  const groups = [
    [
      ...(message.envelopeId === undefined ? [] : [`Original-Envelope-Id: ${line(message.envelopeId)}`]),
      `Reporting-MTA: dns; ${hostname}`,
      `Arrival-Date: ${printMailDate(message.queuedAtMs)}`,
      ...(message.futureRelease === undefined ? [] : [`Future-Release-Request: ${line(message.futureRelease)}`]),
    ],
    ...notices.map((notice) => recipientFields(notice, utf8, nowMs)),
  ];
  return groups.map((fields) => fields.map((field) => `${field}\r\n`).join('')).join('\r\n');
}

function recipientFields(notice: Notice, utf8: boolean, nowMs: number): readonly string[] {
  const { originalRecipient, recipient, reply, willRetryUntilMs } = notice;
  return [
    ...(originalRecipient === undefined
      ? []
      : [`Original-Recipient: ${line(originalRecipient.type)}; ${printOriginal(originalRecipient, utf8)}`]),
    `Final-Recipient: ${addressType(recipient, utf8)}; ${line(recipient)}`,
    `Action: ${notice.action}`,
    `Status: ${statusOf(notice)}`,
    ...(reply === undefined
      ? []
      : [`Remote-MTA: dns; ${line(reply.host)}`, `Diagnostic-Code: smtp; ${printReply(reply)}`]),
    `Last-Attempt-Date: ${printMailDate(nowMs)}`,
    ...(willRetryUntilMs === undefined ? [] : [`Will-Retry-Until: ${printMailDate(willRetryUntilMs)}`]),
  ];
}

/**
 * utf-8-addr-unitext in reports of UTF-8, utf-8-addr-xtext in others (RFC 6533 section 3): what an address of this type
 * cannot have as it is becomes `\x{HEX}`.
 */
function printOriginal({ type, address }: NonNullable<Notice['originalRecipient']>, utf8: boolean): string {
  const text = line(address);
  if (type.toLowerCase() !== 'utf-8') return text;
  const unfit = utf8 ? /[\\+= ]/g : /[\\+= ]|[^!-~]/gu;
  return text.replace(unfit, (found) => `\\x{${(found.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`);
}

/** RFC 6533 section 4: addresses beyond ASCII have a type of their own. */
function addressType(address: string, utf8: boolean): string {
  // oxlint-disable-next-line no-control-regex
  return utf8 && !/^[\0-\x7f]*$/.test(address) ? 'utf-8' : 'rfc822';
}

/** RFC 3464 section 2.3.4: the class fits the action; a failure after many tries for a passing reason is 4.x.x. */
function statusOf({ status, action }: Notice): string {
  if (/^[245]\.\d{1,3}\.\d{1,3}$/.test(status)) return status;
  if (action === 'failed') return '5.0.0';
  return action === 'delayed' ? '4.0.0' : '2.0.0';
}

/** What the other side said, on one line: `550 5.1.1 no such user`. */
export function printReply({ code, enhanced, text }: RemoteReply): string {
  const repeated = enhanced !== undefined && text.startsWith(enhanced);
  return line(`${code}${enhanced === undefined || repeated ? '' : ` ${enhanced}`} ${text}`);
}

/** Line ends and other controls become blanks; bounded. */
export function line(text: string): string {
  return text
    .slice(0, 500)
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
}
