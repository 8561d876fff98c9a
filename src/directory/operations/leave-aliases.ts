import { ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { displayAddress } from '../address-text.ts';
import { conflict } from '../directory-conflict.ts';
import type { DirectoryConflict } from '../directory-conflict.ts';
import type { AliasRecord } from '../directory-record.ts';
import type { DirectoryView } from '../directory-tables.ts';

/** The aliases without these addresses as members. Refused where an alias would have none left. */
export function leaveAliases(
  view: DirectoryView,
  addresses: ReadonlySet<string>,
): Result<readonly AliasRecord[], DirectoryConflict> {
  const changed: AliasRecord[] = [];
  for (const alias of view.aliases.values()) {
    const members = alias.members.filter((member) => !addresses.has(member));
    if (members.length === alias.members.length) continue;
    if (members.length === 0) {
      const last = alias.members.map(displayAddress).join(', ');
      return conflict(
        'in-use',
        `alias ${displayAddress(alias.address)} would have no member without ${last}; remove the alias first or give it another member`,
      );
    }
    changed.push({ ...alias, members });
  }
  return ok(changed);
}
