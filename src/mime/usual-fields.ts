import { selectFields } from './select-header-fields.ts';

/**
 * Fields by which clients list messages: what mutt, Thunderbird, K-9 and the mail programs of phones ask for at once of
 * every message. None of them is ever added by this server. In lower case.
 */
export const usualFields: ReadonlySet<string> = new Set([
  ...['from', 'sender', 'to', 'cc', 'bcc', 'reply-to', 'subject', 'date', 'message-id', 'in-reply-to', 'references'],
  ...['content-type', 'mime-version', 'priority', 'x-priority', 'importance', 'newsgroups', 'organization'],
  ...['list-id', 'list-post', 'list-unsubscribe', 'list-subscribe', 'disposition-notification-to', 'x-label'],
  ...['content-description', 'content-transfer-encoding', 'lines', 'user-agent', 'x-mailer', 'auto-submitted'],
]);

/** Octets that are kept of one message. */
const maxBytes = 2048;

/**
 * The usual fields of a header (Latin-1), as they stand, with the blank line that ends it: enough for `selectFields` of any
 * of them. Undefined where they are too large to keep, or hold NUL, which a database of texts does not.
 */
export function selectUsualFields(header: string): string | undefined {
  const fields = selectFields(header, usualFields, false);
  return fields.length > maxBytes || fields.includes('\0') ? undefined : fields;
}
