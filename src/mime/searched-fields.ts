import { decodeParams } from './decode-params.ts';
import { decodeHeaderText } from './decode-words.ts';
import { mailboxesOf, parseAddressItems } from './parse-addresses.ts';
import type { MailAddress } from './parse-addresses.ts';
import { parseContentType, parseValueWithParams } from './parse-content-type.ts';
import type { Header, HeaderField } from './parse-header.ts';

/** Those that `printSearchHead` has, in its order. */
export const headFields: readonly string[] = ['subject', 'from', 'to', 'cc', 'bcc'];
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
 * What a search of TEXT sees of a field: `name: value` for each of its values, and behind it the file name of a part, whose
 * RFC 2231 form nobody searches for.
 */
export function searchedLines(field: HeaderField): string[] {
  const { name, raw } = field;
  const values = searchedValues(field);
  const shownName = decodeHeaderText(name);
  const lines = raw === '' ? [shownName] : values.map((value) => `${shownName}: ${value}`);
  const fileName = fileNameOf(name, raw);
  if (fileName !== undefined && values[0]?.includes(fileName) !== true) lines.push(fileName);
  return lines;
}

/**
 * False: the lines of the field have nothing that is not in its octets too, where these are ASCII. What may be left out of
 * them: line ends within, and blanks around.
 */
export function isChangedByDecoding({ name, raw }: HeaderField): boolean {
  return (
    addressFields.has(name) ||
    raw.includes('=?') ||
    name.includes('=?') ||
    ((name === 'content-type' || name === 'content-disposition') && /name/i.test(raw))
  );
}

function fileNameOf(name: string, raw: string): string | undefined {
  if (name === 'content-type') return decodeParams(parseContentType(raw)?.rawParams ?? []).get('name');
  if (name === 'content-disposition') return decodeParams(parseValueWithParams(raw)?.rawParams ?? []).get('filename');
  return undefined;
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
