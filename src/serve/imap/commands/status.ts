import { expectStatusItems } from '../../../wire/imap/read-status.ts';
import { command, loggedIn } from '../command.ts';
import { openAccess } from '../sharing/access.ts';
import { printStatus } from '../status-text.ts';

/** STATUS. RFC 9051 section 6.3.11; SIZE RFC 8438, HIGHESTMODSEQ RFC 7162 section 3.1.7, APPENDLIMIT RFC 7889 section 3.1. */
export const status = command({
  name: 'STATUS',
  states: loggedIn,
  capabilities: ['STATUS=SIZE'],
  tells: 'all',
  parse(r) {
    r.expectSpace();
    const name = r.expectMailbox();
    r.expectSpace();
    return { name, items: expectStatusItems(r) };
  },
  async run(session, { name, items }, reply) {
    const { mailbox, owner } = await openAccess(session, name, 'r');
    reply.untagged(await printStatus(session, mailbox, items, reply, owner.id));
  },
});
