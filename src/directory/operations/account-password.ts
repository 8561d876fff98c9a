import { z } from 'zod';

import { conflict } from '../directory-conflict.ts';
import { getAccount, operation, putChecked } from './operation.ts';

export const accountPassword = operation({
  name: 'account-password',
  schema: z.strictObject({ name: z.string(), password: z.string() }),
  decide(view, { name }, { credential }) {
    const account = getAccount(view, name);
    if (!account.ok) return account;
    if (!credential) return conflict('invalid', 'a password is needed');
    return putChecked(view, { kind: 'credential', account: account.value.name, credential });
  },
});
