import { printMailbox } from '../../../wire/imap/print-string.ts';
import { command, loggedIn } from '../command.ts';
import { checkMailboxName } from '../mailbox-name.ts';
import { mailboxRefusal } from '../mailbox-refusal.ts';

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
    const mailbox = await session.findMailbox(from, 'NONEXISTENT');
    const outcome = await session.services.store.renameMailbox({
      accountId: session.currentAccount().id,
      mailboxId: mailbox.id,
      newName,
      origin: session.origin,
    });
    if (!outcome.ok) throw mailboxRefusal(outcome.reason);
    if (!session.rev2 || from === 'INBOX') return;
    const print = (name: string): string => printMailbox(name, session.utf8);
    reply.untagged(`LIST () "/" ${print(newName)} ("OLDNAME" (${print(from)}))`);
  },
});
