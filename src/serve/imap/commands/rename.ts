import { printMailbox } from '../../../wire/imap/print-string.ts';
import { command, loggedIn } from '../command.ts';
import { printAttributes } from '../mailbox-attributes.ts';
import { checkMailboxName } from '../mailbox-name.ts';
import { mailboxRefusal } from '../mailbox-refusal.ts';
import { No } from '../refusal.ts';
import { noPermission, openAccess, placeForNew } from '../sharing/access.ts';

/** RENAME. RFC 9051 section 6.3.6; OLDNAME section 6.3.9.7. */
export const rename = command({
  name: 'RENAME',
  states: loggedIn,
  tells: 'all',
  parse(r) {
    r.expectSpace();
    const from = r.expectMailbox();
    r.expectSpace();
    return { from, to: r.expectMailbox() };
  },
  async run(session, { from, to }, reply) {
    const newName = checkMailboxName(to);
    const { mailbox, owner } = await openAccess(session, from, 'x');
    const place = await placeForNew(session, newName);
    if (place.owner.id !== owner.id) throw new No('mailboxes stay in their account', 'CANNOT');
    const outcome = await session.services.store.renameMailbox({
      accountId: owner.id,
      mailboxId: mailbox.id,
      newName: place.path,
      origin: session.origin,
    });
    if (!outcome.ok && !place.isOwn) throw noPermission();
    if (!outcome.ok) throw mailboxRefusal(outcome.reason);
    if (!session.rev2 || from === 'INBOX') return;
    const print = (name: string): string => printMailbox(name, session.utf8);
    const attributes = await printAttributes(session, newName);
    reply.untagged(`LIST ${attributes} "/" ${print(newName)} ("OLDNAME" (${print(from)}))`);
  },
});
