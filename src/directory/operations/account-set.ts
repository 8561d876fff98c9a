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
    quotaBytes: z.number().int().positive().nullable().optional(),
    mainPassword: z.enum(['web-only', 'anywhere']).optional(),
  }),
  decide(view, { name, ...given }) {
    const account = getAccount(view, name);
    if (!account.ok) return account;
    const { loginDisabled, quotaBytes, mainPassword, ...rest } = { ...account.value, ...given };
    const next: AccountRecord = {
      ...rest,
      ...(loginDisabled === null || loginDisabled === undefined ? {} : { loginDisabled }),
      ...(quotaBytes === null || quotaBytes === undefined ? {} : { quotaBytes }),
      ...(mainPassword === 'web-only' ? { mainPassword } : {}),
    };
    return putChecked(view, next);
  },
});
