import { z } from 'zod';

import { ok } from '../../base/result.ts';
import { directoryChange } from '../directory-change.ts';
import { conflict } from '../directory-conflict.ts';
import { getAccount, operation } from './operation.ts';

export const appPasswordRemove = operation({
  name: 'app-password-remove',
  schema: z.strictObject({ account: z.string(), name: z.string() }),
  decide(view, args) {
    const account = getAccount(view, args.account);
    if (!account.ok) return account;
    const name = args.name.normalize('NFC');
    const all = [...(view.appPasswordsOf.get(account.value.name)?.values() ?? [])];
    const found = all.find((record) => record.name === name);
    return found
      ? ok(directoryChange({ remove: [{ kind: 'app-password', id: found.id }] }))
      : conflict('unknown', `account "${account.value.name}" has no app password "${name}"`);
  },
});
