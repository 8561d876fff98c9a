import { command, loggedIn } from '../command.ts';
import { mailboxRefusal } from '../mailbox-refusal.ts';
import { openAccess } from '../sharing/access.ts';
import { deselect } from '../select-mailbox.ts';

/** DELETE: only mailboxes without children; its subscription stays. RFC 9051 section 6.3.5. */
export const deleteMailbox = command({
  name: 'DELETE',
  states: loggedIn,
  tells: 'all',
  parse(r) {
    r.expectSpace();
    return r.expectMailbox();
  },
  async run(session, name, reply) {
    const { mailbox, owner } = await openAccess(session, name, 'x');
    const outcome = await session.services.store.deleteMailbox({
      accountId: owner.id,
      mailboxId: mailbox.id,
      origin: session.origin,
    });
    if (!outcome.ok) throw mailboxRefusal(outcome.reason);
    if (session.selected?.mailbox.id !== mailbox.id) return;
    deselect(session);
    reply.untagged('OK [CLOSED] mailbox is gone');
  },
});
