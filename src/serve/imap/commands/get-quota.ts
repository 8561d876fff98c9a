import type { Account } from '../../../directory/directory.ts';
import { decodeUtf8 } from '../../../wire/imap/utf8-octets.ts';
import { command, loggedIn } from '../command.ts';
import { No } from '../refusal.ts';
import { printQuota } from '../quota-text.ts';
import type { Session } from '../session.ts';
import { listShared } from '../sharing/access.ts';
import { splitSharedName } from '../sharing/shared-name.ts';

/**
 * GETQUOTA: each account is a root, one's own is named ""; that of another for those who may read a mailbox in it. RFC 9208
 * section 4.1.1. No SETQUOTA: limits are the administrator's, who has no mark in the directory that IMAP could go by.
 */
export const getQuota = command({
  name: 'GETQUOTA',
  states: loggedIn,
  capabilities: ['QUOTA', 'QUOTA=RES-STORAGE', 'QUOTA=RES-MAILBOX', 'QUOTA=RES-ANNOTATION-STORAGE'],
  tells: 'all',
  parse(r) {
    r.expectSpace();
    return r.expectAstring();
  },
  async run(session, root, reply) {
    reply.untagged(await printQuota(session, await findRoot(session, root)));
  },
});

async function findRoot(session: Session, octets: string): Promise<Account> {
  if (octets === '') return session.currentAccount();
  const name = splitSharedName(decodeUtf8(octets) ?? '');
  const owner = name?.path === '' ? session.services.directory.findAccountByName(name.owner) : undefined;
  const shared = owner === undefined ? [] : await listShared(session, owner);
  if (owner === undefined || !shared.some(({ rights }) => rights.includes('r'))) {
    throw new No('no such quota root', 'NONEXISTENT');
  }
  return owner;
}
