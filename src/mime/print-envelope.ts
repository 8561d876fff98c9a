import { readEnvelopeAddresses } from './envelope-addresses.ts';
import type { EnvelopeAddresses } from './envelope-addresses.ts';
import type { AddressItem } from './parse-addresses.ts';
import { findLastField, unfold } from './parse-header.ts';
import type { Header } from './parse-header.ts';
import { printImapNString, printImapString } from './print-imap-string.ts';

/**
 * `envelope = "(" date SP subject SP from SP sender SP reply-to SP to SP cc SP bcc SP in-reply-to SP message-id ")"`.
 * Values as they stand in the header, unfolded, one character one octet; missing Sender and Reply-To are those of From.
 * Of repeated texts the last counts, repeated address fields are one list.
 * RFC 9051 section 7.5.2.
 */
export function printEnvelope(header: Header, addresses: EnvelopeAddresses = readEnvelopeAddresses(header)): string {
  const text = (name: string): string => printText(header, name);
  const from = printAddresses(addresses.from);
  const sender = printAddresses(addresses.sender);
  const replyTo = printAddresses(addresses.replyTo);
  return (
    `(${text('date')} ${text('subject')} ${from} ${sender === 'NIL' ? from : sender} ${replyTo === 'NIL' ? from : replyTo}` +
    ` ${printAddresses(addresses.to)} ${printAddresses(addresses.cc)} ${printAddresses(addresses.bcc)}` +
    ` ${text('in-reply-to')} ${text('message-id')})`
  );
}

function printText(header: Header, name: string): string {
  const field = findLastField(header, name);
  return printImapNString(field && unfold(field.raw));
}

/** `"(" 1*address ")" / nil`. */
function printAddresses(items: readonly AddressItem[]): string {
  if (items.length === 0) return 'NIL';
  let out = '(';
  for (const item of items) out += printItem(item);
  return `${out})`;
}

/** `address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"`; groups as mailboxes without host. */
function printItem(item: AddressItem): string {
  if (item.kind === 'group-start') return `(NIL NIL ${printImapString(item.rawName)} NIL)`;
  if (item.kind === 'group-end') return '(NIL NIL NIL NIL)';
  const route = item.route === '' ? undefined : item.route;
  const { rawLocalPart, rawDomain, malformed } = item;
  const local = rawLocalPart === '' && malformed !== false ? 'MISSING_MAILBOX' : rawLocalPart;
  const domain = rawDomain === '' ? (malformed === 'junk' ? 'SYNTAX_ERROR' : 'MISSING_DOMAIN') : rawDomain;
  return `(${printImapNString(item.rawName)} ${printImapNString(route)} ${printImapString(local)} ${printImapString(domain)})`;
}
