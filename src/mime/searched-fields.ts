import { decodeHeaderText } from './decode-words.ts';
import { mailboxesOf, parseAddressItems } from './parse-addresses.ts';
import type { MailAddress } from './parse-addresses.ts';
import type { Header, HeaderField } from './parse-header.ts';

/** Those that `printSearchHead` has, in its order. */
const headFields = ['subject', 'from', 'to', 'cc', 'bcc'];
const addressFields: ReadonlySet<string> = new Set([...headFields.slice(1), 'sender', 'reply-to']);

/** Addresses of one field that are printed once more; what is beyond is found as it was written. */
const maxAddresses = 1000;

/**
 * The texts by which a search finds a field: its decoded value, and for addresses `Ann <ann@example.org>` where that is not
 * how they were written. RFC 9051 section 6.4.4, HEADER and FROM. One line each.
 */
export function searchedValues({ name, raw }: HeaderField): string[] {
  const value = decodeHeaderText(raw);
  if (!addressFields.has(name)) return [value];
  const printed = mailboxesOf(parseAddressItems(raw, maxAddresses)).map(printAddress).join(', ');
  return printed === '' || value.includes(printed) ? [value] : [value, printed];
}

/**
 * The searched values of the fields that are searched most, so that the message need not be opened: a line for each field,
 * between its values a CR.
 */
export function printSearchHead(header: Header): string {
  return headFields
    .map((name) => header.fields.filter((field) => field.name === name))
    .map((fields) => fields.flatMap(searchedValues).join('\r'))
    .join('\n');
}

function printAddress({ name, localPart, domain }: MailAddress): string {
  const address = domain === '' ? localPart : `${localPart}@${domain}`;
  return name === '' ? address : `${name} <${address}>`;
}
