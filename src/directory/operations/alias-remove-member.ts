import { z } from 'zod';

import { displayAddress } from '../address-text.ts';
import { resolveMember } from '../checks/check-alias.ts';
import { conflict } from '../directory-conflict.ts';
import { getAlias, operation, putChecked } from './operation.ts';
import { readMembers } from './read-members.ts';

export const aliasRemoveMember = operation({
  name: 'alias-remove-member',
  schema: z.strictObject({ alias: z.string(), members: z.array(z.string()).min(1).readonly() }),
  decide(view, args) {
    const record = getAlias(view, args.alias);
    if (!record.ok) return record;
    const read = readMembers(args.members);
    if (!read.ok) return read;
    const gone = new Set(read.value.map((member) => resolveMember(view, member)));
    const { address, members } = record.value;
    for (const member of gone) {
      if (!members.includes(member)) {
        return conflict('unknown', `${displayAddress(member)} is no member of ${displayAddress(address)}`);
      }
    }
    const rest = members.filter((member) => !gone.has(member));
    if (rest.length === 0) {
      return conflict('in-use', `alias ${displayAddress(address)} would have no member left; remove the alias instead`);
    }
    return putChecked(view, { ...record.value, members: rest });
  },
});
