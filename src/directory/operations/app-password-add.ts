import { z } from 'zod';

import { conflict } from '../directory-conflict.ts';
import { loginProtocols } from '../directory.ts';
import { appPasswordForm, appPasswordId } from '../passwords/app-password.ts';
import { fitSalts, scramSaltsOf } from '../passwords/find-app-password.ts';
import { getAccount, operation, putChecked } from './operation.ts';

export const appPasswordAdd = operation({
  name: 'app-password-add',
  schema: z.strictObject({
    account: z.string(),
    name: z.string(),
    /** As `generateAppPassword` makes it. */
    password: z.string().regex(appPasswordForm, 'an app password is made by posthorn'),
    /** Default: all that there are now. */
    protocols: z.array(z.enum(loginProtocols)).optional(),
    /** ISO 8601, UTC. */
    expires: z.iso.datetime().optional(),
  }),
  decide(view, args, { now, appPassword }) {
    const account = getAccount(view, args.account);
    if (!account.ok) return account;
    if (!appPassword) return conflict('invalid', 'a password is needed');
    const { expires } = args;
    if (expires !== undefined && Date.parse(expires) <= Date.parse(now)) {
      return conflict('invalid', 'an app password must run out later than now');
    }
    const { name: owner } = account.value;
    const secret = fitSalts(appPassword, scramSaltsOf(view, owner, Date.parse(now)));
    if (!secret) return conflict('invalid', `another password of account "${owner}" was set at this moment; try again`);
    return putChecked(view, {
      kind: 'app-password',
      id: appPasswordId(appPassword),
      account: owner,
      name: args.name.normalize('NFC'),
      protocols: [...new Set(args.protocols ?? loginProtocols)],
      created: now,
      ...(expires === undefined ? {} : { expires }),
      secret,
    });
  },
});
