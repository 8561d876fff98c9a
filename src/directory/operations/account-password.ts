import { z } from 'zod';

import { conflict } from '../directory-conflict.ts';
import { fitSalts, saltsToKeep } from '../passwords/find-app-password.ts';
import { getAccount, operation, putChecked } from './operation.ts';

export const accountPassword = operation({
  name: 'account-password',
  schema: z.strictObject({ name: z.string(), password: z.string() }),
  decide(view, { name }, { now, credential }) {
    const account = getAccount(view, name);
    if (!account.ok) return account;
    if (!credential) return conflict('invalid', 'a password is needed');
    const { name: owner } = account.value;
    const fitting = fitSalts(credential, saltsToKeep(view, owner, Date.parse(now)));
    if (!fitting)
      return conflict('invalid', `another password of account "${owner}" was set at this moment; try again`);
    return putChecked(view, { kind: 'credential', account: owner, credential: fitting });
  },
});
