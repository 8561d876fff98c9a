import { fail, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { Account, AddressParts, Directory } from '../directory/directory.ts';
import { findSingleMailbox } from '../mime/find-single-mailbox.ts';
import { findField } from '../mime/parse-header.ts';
import type { Header } from '../mime/parse-header.ts';
import type { SubmitRefusal } from './outgoing-message.ts';

/** More mean that the message goes round in circles (RFC 5321 section 6.3). */
const MAX_RECEIVED = 100;
const FIELD = /^[!-9;-~]+[ \t]*:/;
/** What no line of a header can have: NUL, and line ends that are not CRLF, which others may take for a blank line. */
// oxlint-disable-next-line no-control-regex
const ODD = /\0|\r(?!\n)|(?<!\r)\n/;

/**
 * The address in From, when the account may send with this header: one From with one address of its own, and so Sender, if
 * there is one. RFC 6409 section 6.1, RFC 5322 section 3.6.2; spec/protocols.md section 1.7.
 */
export function checkHeader(
  header: Header,
  account: Account,
  directory: Pick<Directory, 'maySendAs'>,
): Result<AddressParts, SubmitRefusal> {
  if (!isWellFormed(header)) return fail('bad-header');
  let received = 0;
  for (const { name } of header.fields) if (name === 'received') received++;
  if (received > MAX_RECEIVED) return fail('loop');
  const from = findSingleMailbox(header, 'from');
  if (from === undefined || from.hasJunk) return fail('one-from');
  const may = directory.maySendAs(account, from);
  if (may !== 'yes') return fail(may === 'no' ? 'from-not-yours' : 'domain-disabled');
  if (findField(header, 'sender') !== undefined) {
    const sender = findSingleMailbox(header, 'sender');
    if (sender === undefined || sender.hasJunk) return fail('sender-field-not-yours');
    const mayBe = directory.maySendAs(account, sender);
    if (mayBe !== 'yes') return fail(mayBe === 'no' ? 'sender-field-not-yours' : 'domain-disabled');
  }
  return ok({ localPart: from.localPart, domain: from.domain });
}

/** There is a field, and each begins with a name and a colon. RFC 5322 section 2.2. */
function isWellFormed(header: Header): boolean {
  if (header.fields.length === 0 || ODD.test(header.text)) return false;
  return header.fields.every(({ start, end }) => FIELD.test(header.text.slice(start, end)));
}
