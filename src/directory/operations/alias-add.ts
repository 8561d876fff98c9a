import { z } from 'zod';

import { displayAddress } from '../address-text.ts';
import { resolveMember } from '../checks/check-alias.ts';
import { conflict } from '../directory-conflict.ts';
import { readMembers } from './read-members.ts';
import { addressKey, operation, putChecked } from './operation.ts';

export const aliasAdd = operation({
  name: 'alias-add',
  schema: z.strictObject({
    alias: z.string(),
    members: z.array(z.string()).readonly(),
    postPublic: z.boolean().default(false),
    listMembers: z.boolean().default(false),
    allowMsgFrom: z.boolean().default(false),
  }),
  decide(view, { alias, members, ...flags }) {
    const key = addressKey(alias);
    if (!key.ok) return key;
    if (view.aliases.has(key.value)) {
      return conflict(
        'exists',
        `there is an alias ${displayAddress(key.value)} already; see "posthorn config alias set"`,
      );
    }
    const read = readMembers(members);
    if (!read.ok) return read;
    const resolved = read.value.map((member) => resolveMember(view, member));
    return putChecked(view, { kind: 'alias', address: key.value, members: resolved, ...flags });
  },
});
