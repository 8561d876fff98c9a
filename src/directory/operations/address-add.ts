import { z } from 'zod';

import { addressKey, getAccount, operation, putChecked } from './operation.ts';
import { conflict } from '../directory-conflict.ts';
import { displayAddress } from '../address-text.ts';

export const addressAdd = operation({
  name: 'address-add',
  schema: z.strictObject({ address: z.string(), account: z.string(), mailbox: z.string().default('INBOX') }),
  decide(view, args) {
    const account = getAccount(view, args.account);
    if (!account.ok) return account;
    const key = addressKey(args.address);
    if (!key.ok) return key;
    const existing = view.addresses.get(key.value);
    if (existing) {
      return conflict(
        'exists',
        `${displayAddress(key.value)} is an address of account "${existing.account}" already; remove it first`,
      );
    }
    return putChecked(view, {
      kind: 'address',
      address: key.value,
      account: account.value.name,
      mailbox: args.mailbox.normalize('NFC'),
    });
  },
});
