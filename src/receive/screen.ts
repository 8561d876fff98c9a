import type { Account, AddressParts, Directory } from '../directory/directory.ts';
import type { Destination } from './incoming.ts';

/** The canonical form of all captured recipients: a message to many of them is kept once. */
export const captured = '@';

/** What is known about a recipient at the moment it is named. */
export type Screened =
  | { readonly kind: 'local'; readonly destination: Destination }
  | { readonly kind: 'unknown-address' }
  | { readonly kind: 'unknown-domain' }
  | { readonly kind: 'domain-disabled' };

/**
 * Looks a recipient up, in memory. With `capture`, mail for addresses that are not ours goes into that account
 * (localserve). spec/protocols.md sections 1.5 and 5.3.
 */
export function screen(
  directory: Pick<Directory, 'lookupRecipient'>,
  address: AddressParts,
  capture?: Account,
): Screened {
  const lookup = directory.lookupRecipient(address);
  if (lookup.kind === 'account' || lookup.kind === 'alias') return { kind: 'local', destination: lookup };
  if (capture === undefined) return { kind: lookup.kind };
  const recipient = { account: capture, address: captured, mailbox: 'INBOX' };
  return { kind: 'local', destination: { kind: 'account', recipient, canonical: captured } };
}
