import { printMailbox } from '../../../wire/imap/print-string.ts';
import { printRights } from '../../../wire/imap/rights.ts';
import { command, loggedIn } from '../command.ts';
import { No } from '../refusal.ts';
import { findAccess } from '../sharing/access.ts';

/** MYRIGHTS: to those who have one of l, r, i, k, x and a. RFC 4314 sections 3.5 and 4. */
export const myRights = command({
  name: 'MYRIGHTS',
  states: loggedIn,
  belongsTo: 'ACL',
  tells: 'all',
  parse(r) {
    r.expectSpace();
    return r.expectMailbox();
  },
  async run(session, name, reply) {
    const { mailbox, rights } = await findAccess(session, name);
    if (!/[lrikxa]/.test(rights)) throw new No('no such mailbox', 'NONEXISTENT');
    reply.untagged(`MYRIGHTS ${printMailbox(mailbox.name, session.utf8)} ${printRights(rights)}`);
  },
});
