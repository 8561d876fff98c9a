import { z } from 'zod';

import { getAlias, operation, putChecked } from './operation.ts';

export const aliasSet = operation({
  name: 'alias-set',
  schema: z.strictObject({
    alias: z.string(),
    postPublic: z.boolean().optional(),
    listMembers: z.boolean().optional(),
    allowMsgFrom: z.boolean().optional(),
  }),
  decide(view, { alias, ...flags }) {
    const record = getAlias(view, alias);
    if (!record.ok) return record;
    const given = Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
    return putChecked(view, { ...record.value, ...given });
  },
});
