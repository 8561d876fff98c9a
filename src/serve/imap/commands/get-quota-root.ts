import { printMailbox } from '../../../wire/imap/print-string.ts';
import { command, loggedIn } from '../command.ts';
import { printQuota } from '../quota-text.ts';

/** GETQUOTAROOT. RFC 9208 section 4.1.2. */
export const getQuotaRoot = command({
  name: 'GETQUOTAROOT',
  states: loggedIn,
  tells: 'all',
  parse(r) {
    r.expectSpace();
    return r.expectMailbox();
  },
  async run(session, name, reply) {
    const mailbox = await session.findMailbox(name, 'NONEXISTENT');
    reply.untagged(`QUOTAROOT ${printMailbox(mailbox.name, session.utf8)} ""`);
    reply.untagged(await printQuota(session));
  },
});
