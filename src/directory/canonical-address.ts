import { printLocalPart } from './address-text.ts';
import type { AddressParts } from './directory.ts';
import { normalizeDomain } from './normalize-domain.ts';

/** What decides which spellings of a local part are equal in a domain. */
export interface LocalPartRules {
  readonly caseSensitive: boolean;
  /** Catchall separators: `bob+shop@` is `bob@` where `+` is one. */
  readonly separators: readonly string[];
}

/** Letters as they are compared in the domain; `postmaster` has no case anywhere (RFC 5321 section 2.3.5). */
export function foldLocalPart(localPart: string, rules: LocalPartRules): string {
  const normal = localPart.normalize('NFC');
  const lower = normal.toLowerCase().normalize('NFC');
  return rules.caseSensitive && lower !== 'postmaster' ? normal : lower;
}

/** Cut at the first separator. One at the very start cuts nothing: there would be no name left. */
export function cutAtSeparator(localPart: string, rules: LocalPartRules): string {
  let end = localPart.length;
  for (const separator of rules.separators) {
    const at = localPart.indexOf(separator, 1);
    if (at > 0 && at < end) end = at;
  }
  return localPart.slice(0, end);
}

/** The separator that a local part contains, if any: such a one cannot be configured, as mail for it would reach another. */
export function findSeparator(localPart: string, rules: LocalPartRules): string | undefined {
  return rules.separators.find((separator) => localPart.includes(separator));
}

/** The form under which two spellings of a local part are equal. Cut first: `Postmaster+x` is postmaster too. */
export function canonicalLocalPart(localPart: string, rules: LocalPartRules): string {
  return foldLocalPart(cutAtSeparator(localPart.normalize('NFC'), rules), rules);
}

/** Printed canonical address. `rules` undefined: a domain of others, where only its owner knows what is equal. */
export function canonicalAddress(address: AddressParts, rules: LocalPartRules | undefined): string {
  const local = rules ? canonicalLocalPart(address.localPart, rules) : address.localPart.normalize('NFC');
  return `${printLocalPart(local)}@${normalizeDomain(address.domain)}`;
}
