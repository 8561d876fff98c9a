import { ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { catchallDomain, parsePrinted } from '../address-key.ts';
import { displayAddress } from '../address-text.ts';
import { findSeparator } from '../canonical-address.ts';
import { conflict } from '../directory-conflict.ts';
import type { DirectoryConflict } from '../directory-conflict.ts';
import type { AddressRecord, AliasRecord } from '../directory-record.ts';
import { canonicalKey } from '../directory-tables.ts';
import type { DirectoryView } from '../directory-tables.ts';
import { toUnicodeDomain } from '../../base/domain-name.ts';

/** May this address or catchall be added? */
export function checkAddress(view: DirectoryView, record: AddressRecord): Result<undefined, DirectoryConflict> {
  if (!view.accounts.has(record.account)) {
    return conflict('unknown', `there is no account "${record.account}"; add it with "posthorn config account add"`);
  }
  const bad = mailboxFault(record.mailbox);
  if (bad) return conflict('invalid', `${displayAddress(record.address)}: ${bad}`);
  return checkFree(view, record);
}

/** What addresses and aliases have in common: the domain takes them, and nothing else has the same canonical form. */
export function checkFree(
  view: DirectoryView,
  record: AddressRecord | AliasRecord,
): Result<undefined, DirectoryConflict> {
  const { localPart, domain } = parsePrinted(record.address);
  const shown = displayAddress(record.address);
  const rules = view.domains.get(domain);
  if (!rules) {
    const name = toUnicodeDomain(domain);
    return conflict('unknown', `there is no domain ${name}; add it with "posthorn config domain add ${name}"`);
  }
  if (rules.reportsOnly) {
    return conflict('reports-only-domain', `${toUnicodeDomain(domain)} is for reports only and cannot have ${shown}`);
  }
  const separator = localPart === undefined ? undefined : findSeparator(localPart, rules);
  if (separator !== undefined) {
    return conflict(
      'separator-in-local-part',
      `${shown} contains "${separator}", a catchall separator of ${toUnicodeDomain(domain)}: mail for it goes to the address in front of it`,
    );
  }
  const other = view.byCanonical.get(canonicalKey(view, record.address));
  return other && !isNewVersion(record, other) ? taken(record, other) : ok(undefined);
}

/** An alias with other members or settings. An address is never changed, only removed and added. */
function isNewVersion(record: AddressRecord | AliasRecord, other: AddressRecord | AliasRecord): boolean {
  return record.kind === 'alias' && other.kind === 'alias' && record.address === other.address;
}

function taken(record: AddressRecord | AliasRecord, other: AddressRecord | AliasRecord): ReturnType<typeof conflict> {
  const shown = displayAddress(record.address);
  const domain = catchallDomain(record.address);
  const owner = other.kind === 'alias' ? 'an alias' : `an address of account "${other.account}"`;
  if (domain !== undefined) {
    const account = other.kind === 'alias' ? '' : other.account;
    return conflict(
      'catchall-taken',
      `${toUnicodeDomain(domain)} has a catchall, to account "${account}"; remove it first`,
    );
  }
  if (other.address === record.address) return conflict('exists', `${shown} is ${owner} already`);
  return conflict(
    'same-canonical-form',
    `${shown} is the same address as ${displayAddress(other.address)}, which is ${owner}`,
  );
}

/** Names that no mailbox can have; the store creates it at the first delivery otherwise. */
function mailboxFault(name: string): string | undefined {
  if (name === '' || Buffer.byteLength(name) > 1024 || /\p{Cc}/u.test(name)) return 'that is no mailbox name';
  return name.split('/').some((level) => level === '') ? 'a mailbox name has no empty level' : undefined;
}
