import { fail, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { AccountId } from '../store/ids.ts';
import type { DirectoryState } from '../store/directory-object.ts';
import { checkAccount } from './checks/check-account.ts';
import { checkAddress } from './checks/check-address.ts';
import { checkAlias } from './checks/check-alias.ts';
import { checkAppPassword } from './checks/check-app-password.ts';
import { checkDkimKey } from './checks/check-dkim-key.ts';
import { checkDomain } from './checks/check-domain.ts';
import { checkTlsPublicKey } from './checks/check-tls-public-key.ts';
import type { DirectoryConflict } from './directory-conflict.ts';
import { readRecord } from './directory-record.ts';
import type { DirectoryRecord } from './directory-record.ts';
import { DirectoryTables, kindOrder } from './directory-tables.ts';
import type { DirectoryView } from './directory-tables.ts';

/** May the record be there, given all that is there before it? The one place where the rules of the directory are kept. */
export function checkRecord(view: DirectoryView, record: DirectoryRecord): Result<undefined, DirectoryConflict> {
  switch (record.kind) {
    case 'domain':
      return checkDomain(view, record);
    case 'account':
      return checkAccount(record);
    case 'credential':
      return needAccount(view, record.account, 'a password');
    case 'app-password': {
      const owner = needAccount(view, record.account, 'an app password');
      return owner.ok ? checkAppPassword(view, record) : owner;
    }
    case 'address':
      return checkAddress(view, record);
    case 'alias':
      return checkAlias(view, record);
    case 'tls-public-key':
      return checkTlsPublicKey(view, record);
    case 'dkim-key':
      return checkDkimKey(view, record);
    case 'settings':
      return record.postmaster === undefined ? ok(undefined) : needAccount(view, record.postmaster, 'the postmaster');
  }
}

function needAccount(view: DirectoryView, name: string, what: string): Result<undefined, DirectoryConflict> {
  if (view.accounts.has(name)) return ok(undefined);
  return fail({ reason: 'unknown', message: `there is no account "${name}", which ${what} is for` });
}

/** Builds tables of these records, each checked against those before it; all conflicts are reported together. */
export function buildTables(
  records: readonly DirectoryRecord[],
  accountIds: ReadonlyMap<string, AccountId>,
): { readonly tables: DirectoryTables; readonly conflicts: readonly DirectoryConflict[] } {
  const tables = new DirectoryTables();
  tables.setAccountIds(accountIds);
  const conflicts: DirectoryConflict[] = [];
  for (const record of records.toSorted((a, b) => kindOrder[a.kind] - kindOrder[b.kind])) {
    const checked = checkRecord(tables, record);
    if (checked.ok) tables.put(record);
    else conflicts.push(checked.error);
  }
  return { tables, conflicts };
}

/** The directory as the store has it. Rows that break the rules are left out and reported. */
export function loadTables(state: DirectoryState): ReturnType<typeof buildTables> {
  const records: DirectoryRecord[] = [];
  const unreadable: DirectoryConflict[] = [];
  for (const row of state.objects) {
    const record = readRecord(row);
    if (record.ok) records.push(record.value);
    else unreadable.push({ reason: 'corrupt', message: record.error });
  }
  const { tables, conflicts } = buildTables(records, state.accountIds);
  return { tables, conflicts: [...unreadable, ...conflicts] };
}
