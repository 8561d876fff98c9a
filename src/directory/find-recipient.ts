import { canonicalAddress, canonicalLocalPart } from './canonical-address.ts';
import type { AddressParts } from './directory.ts';
import type { AddressRecord, AliasRecord } from './directory-record.ts';
import type { DirectoryView } from './directory-tables.ts';
import { normalizeDomain } from './normalize-domain.ts';

/** Where an address leads, by the order of spec/protocols.md section 5.3. */
export type FoundRecipient =
  | { readonly kind: 'address'; readonly record: AddressRecord; readonly canonical: string }
  | { readonly kind: 'alias'; readonly record: AliasRecord; readonly canonical: string }
  /** For the account named in the settings. */
  | { readonly kind: 'postmaster'; readonly account: string; readonly canonical: string }
  | { readonly kind: 'unknown-address' }
  | { readonly kind: 'unknown-domain' }
  | { readonly kind: 'domain-disabled' };

/** Looks a recipient up. `hostnames`: names of this server, where `postmaster` is always known. */
export function findRecipient(
  view: DirectoryView,
  address: AddressParts,
  hostnames: ReadonlySet<string>,
  disabledDomains: 'refused' | 'also-disabled' = 'refused',
): FoundRecipient {
  const domain = normalizeDomain(address.domain);
  const record = view.domains.get(domain);
  if (!record || record.reportsOnly) {
    const forHost = domain === '' || hostnames.has(domain);
    const postmaster = forHost ? hostPostmaster(view, { ...address, domain }) : undefined;
    return postmaster ?? { kind: domain === '' ? 'unknown-address' : 'unknown-domain' };
  }
  if (record.disabled && disabledDomains === 'refused') return { kind: 'domain-disabled' };
  return findInDomain(view, { ...address, domain }) ?? { kind: 'unknown-address' };
}

/** Address or alias, else catchall, else the postmaster, whose address every domain must have. */
function findInDomain(view: DirectoryView, address: AddressParts): FoundRecipient | undefined {
  const canonical = canonicalAddress(address, view.domains.get(address.domain));
  const exact = view.byCanonical.get(canonical);
  if (exact?.kind === 'alias') return { kind: 'alias', record: exact, canonical };
  const record = exact ?? view.addresses.get(`@${address.domain}`);
  return record ? { kind: 'address', record, canonical } : domainPostmaster(view, address);
}

/** RFC 5321 section 4.5.1: `postmaster` without a domain, or at this host. */
function hostPostmaster(view: DirectoryView, address: AddressParts): FoundRecipient | undefined {
  return isPostmaster(address.localPart, address.domain === '' ? [] : ['+']) ? toPostmaster(view, address) : undefined;
}

function domainPostmaster(view: DirectoryView, address: AddressParts): FoundRecipient | undefined {
  const separators = view.domains.get(address.domain)?.separators ?? [];
  return isPostmaster(address.localPart, separators) ? toPostmaster(view, address) : undefined;
}

function isPostmaster(localPart: string, separators: readonly string[]): boolean {
  return canonicalLocalPart(localPart, { caseSensitive: false, separators }) === 'postmaster';
}

function toPostmaster(view: DirectoryView, address: AddressParts): FoundRecipient | undefined {
  const account = view.settings.postmaster;
  if (account === undefined) return undefined;
  return {
    kind: 'postmaster',
    account,
    canonical: address.domain === '' ? 'postmaster' : `postmaster@${address.domain}`,
  };
}

/**
 * The address record that a login name leads to: an address of an account, also with a separator, or a catchall; not an
 * alias, not the bare or the general postmaster. Disabled domains do not matter for logins.
 */
export function findLogin(view: DirectoryView, address: AddressParts): AddressRecord | undefined {
  const domain = normalizeDomain(address.domain);
  const record = view.domains.get(domain);
  if (!record || record.reportsOnly) return undefined;
  const found = findInDomain(view, { ...address, domain });
  return found?.kind === 'address' ? found.record : undefined;
}
