import { toAsciiDomain } from '../base/domain-name.ts';
import { parseAddresses } from './parse-addresses.ts';
import { findFields } from './parse-header.ts';
import type { Header } from './parse-header.ts';

/** An address of a header, comparable with others: local part unquoted and in NFC, the domain in A-labels. */
export interface HeaderMailbox {
  readonly localPart: string;
  readonly domain: string;
  /** Something stood where the address should have ended. */
  readonly hasJunk: boolean;
}

/** The one address of the one field of that name (lower case); undefined when there are more or fewer, or it is no address of the network. */
export function findSingleMailbox(header: Header, name: string): HeaderMailbox | undefined {
  const fields = findFields(header, name);
  const [field] = fields;
  if (field === undefined || fields.length > 1) return undefined;
  const addresses = parseAddresses(field.raw, 2);
  const [address] = addresses;
  if (address === undefined || addresses.length > 1) return undefined;
  const domain = toAsciiDomain(address.domain);
  if (!domain.ok) return undefined;
  return { localPart: address.localPart, domain: domain.value, hasJunk: address.malformed !== false };
}
