import { expectResetKey } from '../../../wire/imap/read-url-commands.ts';
import { urlMechanism } from '../../url-access.ts';
import { command, loggedIn } from '../command.ts';
import { Bad, No } from '../refusal.ts';
import { resetUrlKey } from '../../url-keys.ts';

/** RESETKEY: URLs that were authorized are void, of one mailbox or of all. RFC 4467 section 7. */
export const resetKey = command({
  name: 'RESETKEY',
  states: loggedIn,
  belongsTo: 'URLAUTH',
  tells: 'all',
  parse: expectResetKey,
  async run(session, args) {
    const { store } = session.services;
    const accountId = session.currentAccount().id;
    if (args === undefined) {
      const mailboxes = await store.listMailboxes(accountId);
      for (const { id } of mailboxes) await resetUrlKey(store, { accountId, mailboxId: id }, 'none');
      return { text: 'all keys are gone' };
    }
    if (args.mechanisms.some((name) => name !== urlMechanism))
      throw new Bad(`only the mechanism ${urlMechanism} is known`);
    const { id } = await session.findMailbox(args.mailbox, 'NONEXISTENT');
    const done = await resetUrlKey(store, { accountId, mailboxId: id }, 'new');
    if (!done) throw new No('no such mailbox', 'NONEXISTENT');
    return { code: `URLMECH ${urlMechanism}`, text: 'there is a new key' };
  },
});
