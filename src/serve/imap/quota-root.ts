import type { Account } from '../../directory/directory.ts';
import { printAstring } from '../../wire/imap/print-string.ts';
import { decodeUtf8, encodeUtf8 } from '../../wire/imap/utf8-octets.ts';
import { No } from './refusal.ts';
import type { Session } from './session.ts';
import { listShared } from './sharing/access.ts';
import { otherUsers, splitSharedName } from './sharing/shared-name.ts';

/** The quota root of an account as the client names it: "" for the client's own. RFC 9208 section 3.2. */
export function quotaRootOf(session: Session, owner: Account): string {
  return owner.id === session.account?.id ? '""' : printAstring(encodeUtf8(`${otherUsers}/${owner.name}`));
}

/**
 * The account that a quota root stands for: the client's own, that of somebody who lets it read a mailbox, and any for
 * an administrator.
 * @throws No NONEXISTENT
 */
export async function findQuotaRoot(session: Session, octets: string): Promise<Account> {
  const account = session.currentAccount();
  if (octets === '') return account;
  const name = splitSharedName(decodeUtf8(octets) ?? '');
  const owner = name?.path === '' ? session.services.directory.findAccountByName(name.owner) : undefined;
  if (owner === undefined) throw noSuchRoot();
  if (owner.id === account.id || account.isAdministrator === true) return owner;
  const shared = await listShared(session, owner);
  if (!shared.some(({ rights }) => rights.includes('r'))) throw noSuchRoot();
  return owner;
}

function noSuchRoot(): No {
  return new No('no such quota root', 'NONEXISTENT');
}
