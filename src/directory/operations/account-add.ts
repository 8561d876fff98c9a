import { z } from 'zod';

import { ok } from '../../base/result.ts';
import { checkAccount } from '../checks/check-account.ts';
import { checkFree } from '../checks/check-address.ts';
import { directoryChange } from '../directory-change.ts';
import { conflict } from '../directory-conflict.ts';
import type { AccountRecord, AddressRecord, DirectoryRecord } from '../directory-record.ts';
import { addressKey, operation } from './operation.ts';

export const accountAdd = operation({
  name: 'account-add',
  schema: z.strictObject({
    name: z.string(),
    address: z.string(),
    /** Without one nobody can log in until `account-password`. */
    password: z.string().optional(),
    mailboxes: z.enum(['standard', 'minimal']).default('standard'),
    quotaBytes: z.number().int().nonnegative().optional(),
  }),
  decide(view, args, { now, credential }) {
    const name = args.name.normalize('NFC');
    if (view.accounts.has(name)) return conflict('exists', `there is an account "${name}" already`);
    const account: AccountRecord = {
      kind: 'account',
      name,
      created: now,
      ...(args.quotaBytes === undefined ? {} : { quotaBytes: args.quotaBytes }),
    };
    const checked = checkAccount(account);
    if (!checked.ok) return checked;
    const key = addressKey(args.address);
    if (!key.ok) return key;
    const address: AddressRecord = { kind: 'address', address: key.value, account: name, mailbox: 'INBOX' };
    const free = checkFree(view, address);
    if (!free.ok) return free;
    const put: DirectoryRecord[] = [account, address];
    if (credential) put.push({ kind: 'credential', account: name, credential });
    // The first account answers for the server until someone else is named (RFC 5321 section 4.5.1).
    if (view.settings.postmaster === undefined) put.push({ ...view.settings, postmaster: name });
    return ok(directoryChange({ put, createAccounts: [{ name, mailboxes: args.mailboxes }] }));
  },
});
