import { ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { catchallDomain } from '../address-key.ts';
import { displayAddress } from '../address-text.ts';
import { conflict } from '../directory-conflict.ts';
import type { DirectoryConflict } from '../directory-conflict.ts';
import type { AliasRecord } from '../directory-record.ts';
import { canonicalKey } from '../directory-tables.ts';
import type { DirectoryView } from '../directory-tables.ts';
import { checkFree } from './check-address.ts';

const maxMembers = 10_000;

/** May this alias be added, or be like this? */
export function checkAlias(view: DirectoryView, record: AliasRecord): Result<undefined, DirectoryConflict> {
  const shown = displayAddress(record.address);
  if (catchallDomain(record.address) !== undefined)
    return conflict('invalid', `a catchall cannot be an alias: ${shown}`);
  const free = checkFree(view, record);
  if (!free.ok) return free;
  if (record.members.length === 0) return conflict('invalid', `alias ${shown} needs at least one member`);
  if (record.members.length > maxMembers) return conflict('invalid', `alias ${shown}: at most ${maxMembers} members`);
  const seen = new Set<string>();
  for (const member of record.members) {
    const fault = memberFault(view, member);
    if (fault) return conflict(fault.reason, `alias ${shown}: ${fault.message}`);
    if (seen.has(member)) return conflict('exists', `alias ${shown}: ${displayAddress(member)} is a member already`);
    seen.add(member);
  }
  return ok(undefined);
}

function memberFault(view: DirectoryView, member: string): DirectoryConflict | undefined {
  if (view.addresses.has(member) && catchallDomain(member) === undefined) return undefined;
  const shown = displayAddress(member);
  if (view.aliases.has(member))
    return { reason: 'nested-alias', message: `${shown} is an alias itself; name its members instead` };
  return { reason: 'unknown', message: `${shown} is no address of an account here; members must be` };
}

/** The configured address that a text for a member means: any spelling of it, but not with a separator. */
export function resolveMember(view: DirectoryView, printed: string): string {
  const found = view.byCanonical.get(canonicalKey(view, printed));
  return found && found.address.toLowerCase() === printed.toLowerCase() ? found.address : printed;
}
