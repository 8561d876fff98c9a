import { z } from 'zod';

import { getAccount, operation, putChecked } from './operation.ts';

export const settingsSet = operation({
  name: 'settings-set',
  schema: z.strictObject({ postmaster: z.string() }),
  decide(view, args) {
    const account = getAccount(view, args.postmaster);
    return account.ok ? putChecked(view, { ...view.settings, postmaster: account.value.name }) : account;
  },
});
