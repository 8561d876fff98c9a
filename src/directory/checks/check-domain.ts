import { ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { displayAddress } from '../address-text.ts';
import { parsePrinted } from '../address-key.ts';
import { canonicalAddress, findSeparator } from '../canonical-address.ts';
import { conflict } from '../directory-conflict.ts';
import type { DirectoryConflict } from '../directory-conflict.ts';
import type { AddressRecord, AliasRecord, DomainRecord } from '../directory-record.ts';
import type { DirectoryView } from '../directory-tables.ts';
import { toUnicodeDomain } from '../../base/domain-name.ts';

/** Printable, and no letter or digit: those have case or look like a name. */
const separatorText = /^[!#$%&'*+\-./=?^_`{|}~]{1,8}$/;
const maxSeparators = 8;

/** May the domain be as in `record`, with the addresses that it has? */
export function checkDomain(view: DirectoryView, record: DomainRecord): Result<undefined, DirectoryConflict> {
  const name = toUnicodeDomain(record.name);
  if (record.separators.length > maxSeparators) {
    return conflict('invalid', `${name}: at most ${maxSeparators} catchall separators`);
  }
  const bad = record.separators.find((separator) => !separatorText.test(separator));
  if (bad !== undefined) {
    return conflict('invalid', `${name}: "${bad}" cannot be a catchall separator: 1 to 8 of !#$%&'*+-./=?^_\`{|}~`);
  }
  if (new Set(record.separators).size < record.separators.length) {
    return conflict('invalid', `${name}: a catchall separator is given twice`);
  }
  return checkAddressesOf(view, record);
}

/** New rules for a domain must leave each of its addresses reachable, and no two of them equal. */
function checkAddressesOf(view: DirectoryView, record: DomainRecord): Result<undefined, DirectoryConflict> {
  const seen = new Map<string, string>();
  for (const { address } of addressesIn(view, record.name)) {
    const shown = displayAddress(address);
    if (record.reportsOnly) {
      return conflict(
        'reports-only-domain',
        `${toUnicodeDomain(record.name)} cannot be for reports only while it has ${shown}; remove that first`,
      );
    }
    const { localPart, domain } = parsePrinted(address);
    if (localPart === undefined) continue;
    const separator = findSeparator(localPart, record);
    if (separator !== undefined) {
      return conflict(
        'separator-in-local-part',
        `${shown} contains "${separator}", which would be a catchall separator; remove the address or choose another separator`,
      );
    }
    const canonical = canonicalAddress({ localPart, domain }, record);
    const other = seen.get(canonical);
    if (other !== undefined) {
      return conflict(
        'same-canonical-form',
        `${shown} and ${displayAddress(other)} would be the same address; remove one of them first`,
      );
    }
    seen.set(canonical, address);
  }
  return ok(undefined);
}

/** Addresses, catchall and aliases of a domain. */
export function* addressesIn(view: DirectoryView, domain: string): Iterable<AddressRecord | AliasRecord> {
  const suffix = `@${domain}`;
  for (const records of [view.addresses, view.aliases]) {
    for (const record of records.values()) if (record.address.endsWith(suffix)) yield record;
  }
}
