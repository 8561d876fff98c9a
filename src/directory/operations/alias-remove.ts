import { z } from 'zod';

import { ok } from '../../base/result.ts';
import { directoryChange } from '../directory-change.ts';
import { getAlias, operation } from './operation.ts';

export const aliasRemove = operation({
  name: 'alias-remove',
  schema: z.strictObject({ alias: z.string() }),
  decide(view, args) {
    const record = getAlias(view, args.alias);
    return record.ok ? ok(directoryChange({ remove: [{ kind: 'alias', id: record.value.address }] })) : record;
  },
});
