import { randomBytes } from 'node:crypto';
import { printHeaderField, printMailbox } from '../../mime/compose-header.ts';
import { printHumanText } from './human-text.ts';
import type { Notice, ReportSubject } from './notice.ts';
import { printMailDate } from '../../mime/print-mail-date.ts';
import { printStatusPart } from './status-part.ts';

/** A notification around the original, which goes between the two: its header, or all of it. */
export interface Report {
  readonly before: Uint8Array;
  readonly includes: 'headers' | 'full';
  readonly after: Uint8Array;
  /** It must travel with SMTPUTF8. */
  readonly utf8: boolean;
  /** Octets over 127 in what stands around the original. */
  readonly has8bit: boolean;
  readonly subject: string;
  readonly headerMessageId: string;
}

// oxlint-disable-next-line no-control-regex
const ascii = /^[\0-\x7f]*$/;

/**
 * A delivery status notification (RFC 3464), in the form of RFC 6533 where the message itself needs SMTPUTF8. A message
 * that failed comes back with its header alone unless RET=FULL was asked for (RFC 3461 section 4.3), and never whole when it
 * must not leave the paths with TLS (RFC 8689 section 4.2.1); delays and successes never bring more than the header.
 */
export function composeReport(subject: ReportSubject): Report {
  const { message, returnPath, notices, hostname, nowMs } = subject;
  const addresses = [returnPath, ...notices.flatMap((each) => [each.recipient, each.originalRecipient?.address ?? ''])];
  const utf8 = message.utf8 || !addresses.every((address) => ascii.test(address));
  const failed = notices.some(({ action }) => action === 'failed');
  const includes = failed && message.returnContent === 'full' && message.tls !== 'required' ? 'full' : 'headers';
  const boundary = `=_${randomBytes(18).toString('base64url')}`;
  const headerMessageId = `<${randomBytes(16).toString('base64url')}@${hostname}>`;
  const title = titleOf(notices);
  const human = printHumanText(subject);
  const isPlain = ascii.test(human);
  const original = originalType(includes, utf8);
  const text = [
    printHeaderField('From', printMailbox('Mail Delivery System', `postmaster@${hostname}`)),
    // Written as it is: an address is no text to encode, and RFC 6532 allows it where `utf8` is true.
    `To: <${plain(returnPath)}>\r\n`,
    printHeaderField('Subject', title),
    `Date: ${printMailDate(nowMs)}\r\n`,
    `Message-ID: ${headerMessageId}\r\n`,
    references(message.headerMessageId),
    'Auto-Submitted: auto-replied\r\n',
    'MIME-Version: 1.0\r\n',
    `Content-Type: multipart/report; report-type=delivery-status;\r\n boundary="${boundary}"\r\n\r\n`,
    'This is a delivery status notification in MIME format.\r\n',
    `\r\n--${boundary}\r\n`,
    `Content-Type: text/plain; charset=${isPlain ? 'us-ascii' : 'utf-8'}\r\n`,
    `Content-Description: Notification\r\nContent-Transfer-Encoding: ${isPlain ? '7bit' : '8bit'}\r\n\r\n${human}`,
    `\r\n--${boundary}\r\n`,
    `Content-Type: message/${utf8 ? 'global-delivery-status' : 'delivery-status'}\r\n`,
    `Content-Description: Delivery report\r\n${utf8 ? 'Content-Transfer-Encoding: 8bit\r\n' : ''}\r\n`,
    printStatusPart(subject, utf8),
    `\r\n--${boundary}\r\n`,
    `Content-Type: ${original}\r\nContent-Description: ${includes === 'full' ? 'Undelivered message' : 'Header of the message'}\r\n`,
    `Content-Transfer-Encoding: 8bit\r\n\r\n`,
  ].join('');
  return {
    before: Buffer.from(text, 'utf8'),
    includes,
    after: Buffer.from(`\r\n--${boundary}--\r\n`),
    utf8,
    has8bit: !ascii.test(text),
    subject: title,
    headerMessageId,
  };
}

/** RFC 3462 section 2, RFC 6533 section 3. */
function originalType(includes: 'headers' | 'full', utf8: boolean): string {
  if (includes === 'full') return utf8 ? 'message/global' : 'message/rfc822';
  return utf8 ? 'message/global-headers' : 'text/rfc822-headers; charset=utf-8';
}

function titleOf(notices: readonly Notice[]): string {
  const actions = new Set(notices.map(({ action }) => action));
  if (actions.has('failed')) return 'Your message could not be delivered';
  if (actions.has('delayed')) return 'Your message is delayed';
  return 'Your message was delivered';
}

/** So that mail programs show it with the message it is about. */
function references(messageId: string): string {
  const id = /^<[!-;=?-~]{1,300}>$/.test(messageId) ? messageId : undefined;
  return id === undefined ? '' : `In-Reply-To: ${id}\r\nReferences: ${id}\r\n`;
}

/** No line end can get into a header field. */
function plain(address: string): string {
  // oxlint-disable-next-line no-control-regex
  return address.replace(/[\0-\x1f\x7f<>]/g, '');
}
