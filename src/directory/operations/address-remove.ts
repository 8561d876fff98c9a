import { z } from 'zod';

import { ok } from '../../base/result.ts';
import { directoryChange } from '../directory-change.ts';
import { leaveAliases } from './leave-aliases.ts';
import { getAddress, operation } from './operation.ts';

export const addressRemove = operation({
  name: 'address-remove',
  schema: z.strictObject({ address: z.string() }),
  decide(view, args) {
    const record = getAddress(view, args.address);
    if (!record.ok) return record;
    const { address } = record.value;
    const aliases = leaveAliases(view, new Set([address]));
    if (!aliases.ok) return aliases;
    return ok(directoryChange({ remove: [{ kind: 'address', id: address }], put: aliases.value }));
  },
});
