import { printMailbox } from '../../../wire/imap/print-string.ts';
import { command, loggedIn } from '../command.ts';
import { quotaRootOf } from '../quota-root.ts';
import { printQuota } from '../quota-text.ts';
import { openAccess } from '../sharing/access.ts';

/** GETQUOTAROOT; the room of a shared mailbox is its owner's. RFC 9208 section 4.1.2. */
export const getQuotaRoot = command({
  name: 'GETQUOTAROOT',
  states: loggedIn,
  belongsTo: 'QUOTA',
  tells: 'all',
  parse(r) {
    r.expectSpace();
    return r.expectMailbox();
  },
  async run(session, name, reply) {
    const { mailbox, owner } = await openAccess(session, name, 'r');
    reply.untagged(`QUOTAROOT ${printMailbox(mailbox.name, session.utf8)} ${quotaRootOf(session, owner)}`);
    reply.untagged(await printQuota(session, owner));
  },
});
