import { z } from 'zod';

import { ok } from '../../base/result.ts';
import { directoryChange } from '../directory-change.ts';
import { conflict } from '../directory-conflict.ts';
import type { DirectoryRecord, RecordKey, SettingsRecord } from '../directory-record.ts';
import { leaveAliases } from './leave-aliases.ts';
import { getAccount, operation } from './operation.ts';

export const accountRemove = operation({
  name: 'account-remove',
  schema: z.strictObject({ name: z.string() }),
  decide(view, args) {
    const account = getAccount(view, args.name);
    if (!account.ok) return account;
    const { name } = account.value;
    const isPostmaster = view.settings.postmaster === name;
    if (isPostmaster && view.accounts.size > 1) {
      return conflict(
        'in-use',
        `account "${name}" gets the mail for postmaster; name another with "posthorn config settings set postmaster=NAME"`,
      );
    }
    const addresses = new Set<string>();
    const remove: RecordKey[] = [{ kind: 'account', id: name }];
    for (const record of view.addresses.values()) {
      if (record.account !== name) continue;
      addresses.add(record.address);
      remove.push({ kind: 'address', id: record.address });
    }
    const aliases = leaveAliases(view, addresses);
    if (!aliases.ok) return aliases;
    if (view.credentials.has(name)) remove.push({ kind: 'credential', id: name });
    for (const id of view.appPasswordsOf.get(name)?.keys() ?? []) remove.push({ kind: 'app-password', id });
    for (const key of view.tlsPublicKeys.values()) {
      if (key.account === name) remove.push({ kind: 'tls-public-key', id: key.fingerprint });
    }
    const put: DirectoryRecord[] = [...aliases.value];
    if (isPostmaster) put.push(withoutPostmaster(view.settings));
    return ok(directoryChange({ remove, put, removeAccounts: [name] }));
  },
});

function withoutPostmaster({ postmaster: _, ...rest }: SettingsRecord): SettingsRecord {
  return rest;
}
