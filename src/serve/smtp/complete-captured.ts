import { randomBytes } from 'node:crypto';
import type { MessageFacts } from '../../receive/gather.ts';
import { findField } from '../../mime/parse-header.ts';
import { printMailDate } from '../../mime/print-mail-date.ts';
import type { SmtpSession } from './session.ts';

/**
 * What is added to a message that is captured rather than sent: the header fields in front, each with CRLF. RFC 6409 section 8.
 * All else stays as the program under test wrote it, Bcc too.
 */
export function completeCaptured(session: SmtpSession, { header }: MessageFacts): string {
  let added = '';
  if (findField(header, 'message-id') === undefined) {
    added += `Message-ID: <${randomBytes(16).toString('base64url')}@${session.options.hostname}>\r\n`;
  }
  if (findField(header, 'date') === undefined) added += `Date: ${printMailDate(session.services.clock.now())}\r\n`;
  return added;
}
