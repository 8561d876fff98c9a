import { z } from 'zod';

import { resolveMember } from '../checks/check-alias.ts';
import { getAlias, operation, putChecked } from './operation.ts';
import { readMembers } from './read-members.ts';

export const aliasAddMember = operation({
  name: 'alias-add-member',
  schema: z.strictObject({ alias: z.string(), members: z.array(z.string()).min(1).readonly() }),
  decide(view, args) {
    const record = getAlias(view, args.alias);
    if (!record.ok) return record;
    const read = readMembers(args.members);
    if (!read.ok) return read;
    const added = read.value.map((member) => resolveMember(view, member));
    return putChecked(view, { ...record.value, members: [...record.value.members, ...added] });
  },
});
