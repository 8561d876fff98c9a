import { z } from 'zod';

import { addressKey, getAccount, operation, putChecked } from './operation.ts';

export const addressAdd = operation({
  name: 'address-add',
  schema: z.strictObject({ address: z.string(), account: z.string(), mailbox: z.string().default('INBOX') }),
  decide(view, args) {
    const account = getAccount(view, args.account);
    if (!account.ok) return account;
    const key = addressKey(args.address);
    if (!key.ok) return key;
    return putChecked(view, {
      kind: 'address',
      address: key.value,
      account: account.value.name,
      mailbox: args.mailbox.normalize('NFC'),
    });
  },
});
