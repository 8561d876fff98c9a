import { z } from 'zod';

import type { AccountRecord } from '../directory-record.ts';
import { getAccount, operation, putChecked } from './operation.ts';

export const accountSet = operation({
  name: 'account-set',
  schema: z.strictObject({
    name: z.string(),
    /** null: allowed again. */
    loginDisabled: z.string().nullable().optional(),
    /** null: no limit. */
    quotaBytes: z.number().int().nonnegative().nullable().optional(),
    /** Empty: all are told. */
    hiddenCapabilities: z.array(z.string()).optional(),
    uniqueReturnPaths: z.boolean().optional(),
    copySent: z.boolean().optional(),
    /** null: as the server has it. */
    recipientsPerDay: z.number().int().nonnegative().nullable().optional(),
    newRecipientsPerDay: z.number().int().nonnegative().nullable().optional(),
    mainPassword: z.enum(['web-only', 'anywhere']).optional(),
    administrator: z.boolean().optional(),
  }),
  decide(view, { name, ...given }) {
    const account = getAccount(view, name);
    if (!account.ok) return account;
    const { loginDisabled, quotaBytes, mainPassword, uniqueReturnPaths, ...more } = { ...account.value, ...given };
    const { copySent, recipientsPerDay, newRecipientsPerDay, hiddenCapabilities = [], ...others } = more;
    const { administrator, ...rest } = others;
    const next: AccountRecord = {
      ...rest,
      ...(loginDisabled === null || loginDisabled === undefined ? {} : { loginDisabled }),
      ...(quotaBytes === null || quotaBytes === undefined ? {} : { quotaBytes }),
      ...(mainPassword === 'web-only' ? { mainPassword } : {}),
      ...(uniqueReturnPaths === true ? { uniqueReturnPaths } : {}),
      ...(hiddenCapabilities.length === 0
        ? {}
        : { hiddenCapabilities: hiddenCapabilities.map((one) => one.toUpperCase()) }),
      ...(copySent === true ? { copySent } : {}),
      ...(administrator === true ? { administrator } : {}),
      ...(recipientsPerDay === null || recipientsPerDay === undefined ? {} : { recipientsPerDay }),
      ...(newRecipientsPerDay === null || newRecipientsPerDay === undefined ? {} : { newRecipientsPerDay }),
    };
    return putChecked(view, next);
  },
});
