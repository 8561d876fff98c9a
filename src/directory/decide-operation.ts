import { z } from 'zod';

import { ok } from '../base/result.ts';
import { checkTlsPublicKey } from './checks/check-tls-public-key.ts';
import { conflict } from './directory-conflict.ts';
import { allRecords, DirectoryTables } from './directory-tables.ts';
import type { DirectoryView } from './directory-tables.ts';
import type { DirectoryChange } from './directory-change.ts';
import { accountAdd } from './operations/account-add.ts';
import { accountPassword } from './operations/account-password.ts';
import { accountRemove } from './operations/account-remove.ts';
import { accountSet } from './operations/account-set.ts';
import { addressAdd } from './operations/address-add.ts';
import { addressRemove } from './operations/address-remove.ts';
import { aliasAddMember } from './operations/alias-add-member.ts';
import { aliasAdd } from './operations/alias-add.ts';
import { aliasRemoveMember } from './operations/alias-remove-member.ts';
import { aliasRemove } from './operations/alias-remove.ts';
import { aliasSet } from './operations/alias-set.ts';
import { appPasswordAdd } from './operations/app-password-add.ts';
import { appPasswordRemove } from './operations/app-password-remove.ts';
import { dkimAdd } from './operations/dkim-add.ts';
import { dkimRetire } from './operations/dkim-retire.ts';
import { dkimRotate } from './operations/dkim-rotate.ts';
import { domainAdd } from './operations/domain-add.ts';
import { domainRemove } from './operations/domain-remove.ts';
import { domainSet } from './operations/domain-set.ts';
import type { DecideContext, Decided } from './operations/operation.ts';
import { routeAdd } from './operations/route-add.ts';
import { routeRemove } from './operations/route-remove.ts';
import { settingsSet } from './operations/settings-set.ts';
import { tlsPublicKeyAdd } from './operations/tls-public-key-add.ts';
import { tlsPublicKeyRemove } from './operations/tls-public-key-remove.ts';

/** All operations: the one table that the control socket, the command line and the checks are driven by. */
const operations = [
  domainAdd,
  domainRemove,
  domainSet,
  dkimAdd,
  dkimRotate,
  dkimRetire,
  accountAdd,
  accountRemove,
  accountSet,
  accountPassword,
  appPasswordAdd,
  appPasswordRemove,
  addressAdd,
  addressRemove,
  aliasAdd,
  aliasSet,
  aliasAddMember,
  aliasRemoveMember,
  aliasRemove,
  tlsPublicKeyAdd,
  tlsPublicKeyRemove,
  routeAdd,
  routeRemove,
  settingsSet,
] as const;

type Definition = (typeof operations)[number];
type ArgumentsOf<D extends Definition> = D extends Definition
  ? z.input<D['schema']> & { readonly do: D['name'] }
  : never;

/** An operation as plain data: its name under `do`, and its arguments. */
export type DirectoryOperation = ArgumentsOf<Definition>;

/** What an operation changes, or why it is refused. Pure. The operation may come from outside: its form is checked too. */
export function decideOperation(view: DirectoryView, operation: DirectoryOperation, context: DecideContext): Decided {
  const { do: name, ...args } = operation;
  const definition = operations.find((candidate) => candidate.name === name);
  if (!definition) return conflict('invalid', `there is no operation "${name}"`);
  const parsed = definition.schema.safeParse(args);
  if (!parsed.success) return conflict('invalid', `${name}: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`);
  // The schema found above belongs to the `decide` beside it; TypeScript does not follow that through the union.
  const decided = (definition.decide as (v: DirectoryView, a: unknown, c: DecideContext) => Decided)(
    view,
    parsed.data,
    context,
  );
  return decided.ok && view.tlsPublicKeys.size > 0 ? keysStillLogIn(view, decided.value) : decided;
}

/**
 * TLS public keys log in with an address, also one that a catchall or separator makes reachable. So nearly every edit
 * could take it away or hand it to another account: ask after the edit rather than in each operation.
 */
function keysStillLogIn(view: DirectoryView, change: DirectoryChange): Decided {
  const after = copyTables(view);
  after.apply(change);
  for (const key of after.tlsPublicKeys.values()) {
    const checked = checkTlsPublicKey(after, key);
    if (!checked.ok) return checked;
  }
  return ok(change);
}

/** Tables of their own with the same records. */
export function copyTables(view: DirectoryView): DirectoryTables {
  const copy = new DirectoryTables();
  copy.setAccountIds(view.accountIds);
  for (const record of allRecords(view)) copy.put(record);
  return copy;
}
