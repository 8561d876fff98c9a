import { command, loggedIn } from '../command.ts';
import { findQuotaRoot } from '../quota-root.ts';
import { printQuota } from '../quota-text.ts';

/**
 * GETQUOTA: each account is a root, one's own is named ""; that of another for administrators and for those who may read a
 * mailbox in it. RFC 9208 section 4.1.1.
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
    reply.untagged(await printQuota(session, await findQuotaRoot(session, root)));
  },
});
