import { randomBytes } from 'node:crypto';
import type { Account } from '../../directory/directory.ts';
import { findSingleFrom } from '../../receive/gather.ts';
import type { MessageFacts } from '../../receive/gather.ts';
import { findField } from '../../mime/parse-header.ts';
import type { Header } from '../../mime/parse-header.ts';
import { printMailDate } from '../../mime/print-mail-date.ts';
import { replies } from '../../wire/smtp/replies.ts';
import { Refuse } from './refuse.ts';
import type { SmtpSession } from './session.ts';

/**
 * What a message of our own account must satisfy, and what is added to it: the header fields in front, each with CRLF.
 * RFC 6409 sections 6 and 8; spec/protocols.md section 1.7. Bcc stays: what the user wrote is kept as it is.
 * @throws Refuse
 */
export function completeSubmission(session: SmtpSession, account: Account, facts: MessageFacts): string {
  const { header } = facts;
  if (session.options.capture?.anySender !== true) {
    if (!isWellFormed(header)) throw new Refuse(replies.badHeader);
    checkFrom(session, account, header);
  }
  let added = '';
  if (findField(header, 'message-id') === undefined) {
    added += `Message-ID: <${randomBytes(16).toString('base64url')}@${session.options.hostname}>\r\n`;
  }
  if (findField(header, 'date') === undefined) added += `Date: ${printMailDate(session.services.clock.now())}\r\n`;
  return added;
}

/** Exactly one From with one address, which is one that the account may use. */
function checkFrom(session: SmtpSession, account: Account, header: Header): void {
  const from = findSingleFrom(header);
  if (from === undefined) throw new Refuse(replies.oneFrom);
  const may = session.services.directory.maySendAs(account, from);
  if (may === 'no') throw new Refuse(replies.fromNotYours);
  if (may === 'domain-disabled') throw new Refuse(replies.senderDomainDisabled);
}

const FIELD = /^[!-9;-~]+[ \t]*:/;

/** There is a field, and each begins with a name and a colon. RFC 5322 section 2.2. */
function isWellFormed(header: Header): boolean {
  return header.fields.length > 0 && header.fields.every(({ start, end }) => FIELD.test(header.text.slice(start, end)));
}
