import { baseSubject } from '../../../mime/base-subject.ts';
import { cutText } from '../../../mime/cut-text.ts';
import { decodeCharset } from '../../../mime/decode-charset.ts';
import { decodeHeaderText } from '../../../mime/decode-words.ts';
import { unicodeCasemap } from '../../../mime/unicode-casemap.ts';
import type { StoredAddress } from './stored-envelope.ts';

/** Longest text that is compared; what is equal up to there counts as equal. */
const maxText = 500;

/** The key of a decoded text. Comparing keys with `<` is the collation i;unicode-casemap. */
function textKey(text: string): string {
  return unicodeCasemap(cutText(text, maxText));
}

/** The base subject, and whether it was a reply or a forward. RFC 5256 section 2.1. */
export function subjectKey(subject: string): { readonly key: string; readonly isReply: boolean } {
  const base = baseSubject(decodeHeaderText(subject));
  return { key: textKey(base.text), isReply: base.isReplyOrForward };
}

/** FROM, TO, CC: addr-mailbox of the first address. RFC 5256 section 3. */
export function mailboxKey(address: StoredAddress | undefined): string {
  const mailbox = address?.mailbox ?? '';
  return mailbox === '' ? '' : textKey(decodeOctets(mailbox));
}

/** DISPLAYFROM, DISPLAYTO: the name of the first address, else the address itself. RFC 5957 section 3. */
export function displayKey(address: StoredAddress | undefined): string {
  if (address === undefined) return '';
  const name = address.name === undefined ? '' : decodeHeaderText(address.name);
  if (name !== '') return textKey(name);
  const { mailbox = '', host } = address;
  return textKey(decodeOctets(host === undefined || mailbox === '' ? mailbox : `${mailbox}@${host}`));
}

function decodeOctets(octets: string): string {
  return decodeCharset(Buffer.from(octets, 'latin1'), '');
}
