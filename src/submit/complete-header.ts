import { randomBytes } from 'node:crypto';
import { findField } from '../mime/parse-header.ts';
import type { Header } from '../mime/parse-header.ts';
import { printMailDate } from '../mime/print-mail-date.ts';

/** The fields that the message lacks and must have, each with its CRLF. RFC 6409 sections 8.2 and 8.3. */
export function completeHeader(header: Header, { hostname, nowMs }: { hostname: string; nowMs: number }): string {
  // That is no header, and will be refused.
  if (header.fields.length === 0) return '';
  let added = '';
  if (findField(header, 'message-id') === undefined) {
    added += `Message-ID: <${randomBytes(16).toString('base64url')}@${hostname}>\r\n`;
  }
  if (findField(header, 'date') === undefined) added += `Date: ${printMailDate(nowMs)}\r\n`;
  return added;
}
