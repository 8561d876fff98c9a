import { decodeHeaderText } from './decode-words.ts';
import { decodeCharset } from './decode-charset.ts';
import { AddressReader } from './address-reader.ts';
import type { Words } from './address-reader.ts';

/** One mailbox of an address list. RFC 5322 section 3.4, RFC 6532. */
export interface MailAddress {
  readonly kind: 'mailbox';
  /** Display name, decoded (RFC 2047); '' when there is none. */
  readonly name: string;
  /** Without quotes, NFC. May be empty in malformed input. */
  readonly localPart: string;
  /** As written, NFC (no case folding, no IDNA); domain literals with brackets; '' when missing. */
  readonly domain: string;
  /** Obsolete source route such as `@a,@b`; '' mostly. */
  readonly route: string;
  /** The name as it stands in the header, unquoted, not decoded (Latin-1 octets), as ENVELOPE wants it. */
  readonly rawName: string | undefined;
  readonly rawLocalPart: string;
  readonly rawDomain: string;
  /** Not an address as it stands: a part is missing, or something stood where it should have ended, and was left out. */
  readonly malformed: false | 'no mailbox' | 'no domain' | 'junk';
}

/** `group-start` … mailboxes … `group-end`, as in ENVELOPE. RFC 9051 section 7.5.2. */
export type AddressItem =
  | MailAddress
  | { readonly kind: 'group-start'; readonly name: string; readonly rawName: string }
  | { readonly kind: 'group-end' };

/** Addresses and groups read of one field; the rest is left out. */
const MAX_ITEMS = 10_000;

/** `address-list = (address *("," address)) / obs-addr-list`. Tolerant, never fails, linear; `raw` is Latin-1. */
export function parseAddressItems(raw: string, max = MAX_ITEMS): AddressItem[] {
  const reader = new AddressReader(raw);
  const items: AddressItem[] = [];
  let inGroup = false;
  while (items.length < max && reader.skipSeparators()) {
    if (reader.take(';')) {
      if (inGroup) items.push({ kind: 'group-end' });
      inGroup = false;
      continue;
    }
    const before = reader.at;
    const isBehind = !reader.hadComma;
    const words = reader.takeWords();
    const { phrase } = words;
    if (reader.take(':')) {
      if (inGroup) continue;
      inGroup = true;
      items.push({ kind: 'group-start', name: decodeHeaderText(phrase), rawName: phrase });
    } else if (reader.take('<')) items.push(readAngle(reader, phrase));
    else if (reader.peek() === '@') items.push(readBare(reader, words));
    else if (phrase !== '' && !(isBehind && spoilLast(items))) items.push(readBare(reader, words));
    if (reader.at === before) reader.at++;
  }
  if (inGroup) items.push({ kind: 'group-end' });
  return items;
}

/** Words right behind an address are no other one, but make it malformed. False when there is none before them. */
function spoilLast(items: AddressItem[]): boolean {
  const last = items.at(-1);
  if (last?.kind !== 'mailbox') return false;
  if (last.malformed === false) items[items.length - 1] = { ...last, malformed: 'junk' };
  return true;
}

/** The mailboxes of an address list, groups dissolved. */
export function parseAddresses(raw: string, max = MAX_ITEMS): MailAddress[] {
  return mailboxesOf(parseAddressItems(raw, max));
}

/** Only the mailboxes. */
export function mailboxesOf(items: readonly AddressItem[]): MailAddress[] {
  return items.filter((item) => item.kind === 'mailbox');
}

/** `angle-addr = [CFWS] "<" [obs-route] addr-spec ">" [CFWS]`; the bracket was read. RFC 5322 section 4.4. */
function readAngle(reader: AddressReader, phrase: string): MailAddress {
  const route = reader.takeRoute();
  const { localPart: local, isEmpty } = reader.takeWords();
  const domain = reader.take('@') ? reader.takeDomain() : '';
  const isOdd = domain !== '' && reader.hadOddDots;
  reader.skip();
  const next = reader.peek();
  reader.skipPast('>');
  const isJunk = isOdd || (next !== '>' && next !== undefined) || (domain === '' && local.includes(' '));
  // With two @ nobody can tell which domain is meant.
  return address(phrase, local, next === '@' ? '' : domain, route, faultOf(isJunk, domain, isEmpty));
}

function faultOf(isJunk: boolean, domain: string, isEmpty: boolean): MailAddress['malformed'] {
  if (isJunk) return 'junk';
  if (domain === '') return 'no domain';
  return isEmpty ? 'no mailbox' : false;
}

/** `addr-spec`, maybe followed by the name as a comment, as old programs wrote it. */
function readBare(reader: AddressReader, { phrase, localPart, isEmpty }: Words): MailAddress {
  reader.comment = undefined;
  const domain = reader.take('@') ? reader.takeDomain() : '';
  const isOdd = domain !== '' && reader.hadOddDots;
  reader.skip();
  const { comment } = reader;
  const next = reader.peek();
  // Not where an address may end, so the rest up to the comma is junk; a word or a bracket begins the next address.
  const isJunk = next === '@' || next === ':' || next === '>' || next === '"';
  if (isJunk) reader.skipPast(',');
  // Several words without an address are somebody's name.
  if (domain === '' && phrase.includes(' ')) return address(phrase, '', '', '', 'no domain');
  const fault = faultOf(domain !== '' && (isJunk || isOdd), domain, isEmpty);
  return address(comment ?? '', domain === '' ? phrase : localPart, domain, '', fault);
}

function address(
  name: string,
  rawLocalPart: string,
  rawDomain: string,
  route: string,
  malformed: MailAddress['malformed'],
): MailAddress {
  const rawName = name === '' ? undefined : name;
  return {
    kind: 'mailbox',
    name: rawName === undefined ? '' : decodeHeaderText(rawName),
    localPart: toUnicode(rawLocalPart),
    domain: toUnicode(rawDomain),
    route,
    rawName,
    rawLocalPart,
    rawDomain,
    malformed,
  };
}

// oxlint-disable-next-line no-control-regex
const PLAIN = /^[\x20-\x7e]*$/;

function toUnicode(octets: string): string {
  if (PLAIN.test(octets)) return octets;
  // oxlint-disable-next-line no-control-regex
  return decodeCharset(Buffer.from(octets, 'latin1'), '')
    .normalize('NFC')
    .replace(/[\0-\x1f\x7f]+/g, '');
}
