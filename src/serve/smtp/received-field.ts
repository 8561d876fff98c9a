import { printMailDate } from '../../mime/print-mail-date.ts';
import type { MailParams } from '../../wire/smtp/mail-params.ts';
import { printAddress, printPath } from '../../wire/smtp/path.ts';
import type { SmtpSession } from './session.ts';
import type { Transaction } from './transaction.ts';

/**
 * The trace fields for all copies of a message: Return-Path and Received (RFC 5321 section 4.4). On submission the client's
 * name and address are left out: they are the business of the account's owner alone.
 */
export function printTrace(session: SmtpSession, transaction: Transaction, added = ''): string {
  session.traceHead ??= printHead(session);
  const { params, recipients, sender } = transaction;
  const [only] = recipients;
  const forWhom = recipients.length === 1 && only !== undefined ? `\r\n\tfor <${printAddress(only.address)}>` : '';
  const text =
    `Return-Path: ${printPath(sender)}\r\n${session.traceHead}${describeChannel(session, params)}` +
    `\r\n\tid ${transaction.id}${forWhom};\r\n\t${printMailDate(session.services.clock.now())}\r\n${added}`;
  return toOctets(text);
}

/** How the message came: protocol and TLS, as `with` tells it. RFC 3848, RFC 8689 section 4.3. */
export function describeChannel(session: SmtpSession, params: MailParams): string {
  const requireTls = params.requireTls === true ? ' (requiretls)' : '';
  return `${printProtocol(session, params.smtpUtf8 === true)}${printTls(session)}${requireTls}`;
}

function printHead(session: SmtpSession): string {
  const { hostname, role } = session.options;
  const from =
    role === 'submission'
      ? `${hostname} (authenticated client)`
      : `${printHelloName(session.hello?.name ?? 'unknown')} (${printLiteral(session.peer.remoteAddress)})`;
  return `Received: from ${from}\r\n\tby ${hostname} with `;
}

/** The name is the client's word: nothing in it may look like more than a name. */
function printHelloName(name: string): string {
  return name.replace(/[^A-Za-z0-9.\-_:[\]]/g, '?');
}

function printLiteral(address: string): string {
  return address.includes(':') ? `[IPv6:${address}]` : `[${address}]`;
}

/** Keywords of RFC 3848 and RFC 6531 section 4.3. */
function printProtocol(session: SmtpSession, utf8: boolean): string {
  const tls = session.tls === undefined ? '' : 'S';
  const auth = session.account === undefined ? '' : 'A';
  if (utf8) return `UTF8SMTP${tls}${auth}`;
  if (session.hello?.extended !== true) return 'SMTP';
  return `ESMTP${tls}${auth}`;
}

function printTls(session: SmtpSession): string {
  const { tls } = session;
  return tls === undefined ? '' : ` (${tls.version.replace('v', ' ')} ${tls.cipher})`;
}

/** UTF-8 as one character an octet, as the store wants its prefix. */
function toOctets(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return /^[\0-\x7f]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}
