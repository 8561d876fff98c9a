import { baseSubject } from '../../../mime/base-subject.ts';
import { collationKey } from '../../../mime/collation-key.ts';
import { decodeCharset } from '../../../mime/decode-charset.ts';
import { decodeHeaderText } from '../../../mime/decode-words.ts';
import type { StoredAddress } from './stored-envelope.ts';

/** SUBJECT: the base subject. RFC 5256 section 2.1. */
export function subjectKey(subject: string): string {
  return collationKey(baseSubject(decodeHeaderText(subject)).text);
}

/** FROM, TO, CC: addr-mailbox of the first address. RFC 5256 section 3. */
export function mailboxKey(address: StoredAddress | undefined): string {
  const mailbox = address?.mailbox ?? '';
  return mailbox === '' ? '' : collationKey(decodeOctets(mailbox));
}

/** DISPLAYFROM, DISPLAYTO: the name of the first address, else the address itself. RFC 5957 section 3. */
export function displayKey(address: StoredAddress | undefined): string {
  if (address === undefined) return '';
  const name = address.name === undefined ? '' : decodeHeaderText(address.name);
  if (name !== '') return collationKey(name);
  const { mailbox = '', host } = address;
  return collationKey(decodeOctets(host === undefined || mailbox === '' ? mailbox : `${mailbox}@${host}`));
}

function decodeOctets(octets: string): string {
  return decodeCharset(Buffer.from(octets, 'latin1'), '');
}
