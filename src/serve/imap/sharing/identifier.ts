import { parseAddress, printAddress } from '../../../directory/address-text.ts';
import type { Directory } from '../../../directory/directory.ts';
import type { AccountId } from '../../../store/ids.ts';
import { decodeUtf8 } from '../../../wire/imap/utf8-octets.ts';
import { No } from '../refusal.ts';

/** Whom an entry of an access control list is about. RFC 4314 section 2. */
export interface Identifier {
  /** As it is kept: `anyone` or an address as configured, with `-` in front when rights are taken away. */
  readonly text: string;
  /** The account behind the address; undefined: `anyone`. */
  readonly granteeId: AccountId | undefined;
}

/**
 * `anyone`, or an address with which one of our accounts logs in.
 * @throws No CANNOT for everything else: aliases, addresses that only a catchall takes, unknown ones
 */
export function resolveIdentifier(directory: Pick<Directory, 'lookupRecipient'>, octets: string): Identifier {
  const asked = decodeUtf8(octets) ?? '';
  const sign = asked.startsWith('-') ? '-' : '';
  const name = asked.slice(sign.length);
  if (name === 'anyone') return { text: asked, granteeId: undefined };
  const address = parseAddress(name);
  const found = address.ok ? directory.lookupRecipient(address.value) : undefined;
  if (!address.ok || found?.kind !== 'account' || found.recipient.address.startsWith('@')) {
    throw new No('nobody here logs in as that', 'CANNOT');
  }
  return { text: sign + found.recipient.address, granteeId: found.recipient.account.id };
}

/** How an identifier would be kept whose address nobody has any more, so that its entry can be removed. */
export function printedIdentifier(octets: string): string {
  const asked = decodeUtf8(octets) ?? '';
  const sign = asked.startsWith('-') ? '-' : '';
  const address = parseAddress(asked.slice(sign.length));
  return address.ok ? sign + printAddress(address.value) : asked;
}
