import { command, loggedIn } from '../command.ts';
import { checkMailboxName } from '../mailbox-name.ts';

/** SUBSCRIBE: of any valid name; the mailbox may come later. RFC 9051 section 6.3.7. */
export const subscribe = command({
  name: 'SUBSCRIBE',
  states: loggedIn,
  tells: 'all',
  parse(r) {
    r.expectSpace();
    return r.expectMailbox();
  },
  async run(session, name) {
    await session.services.store.setSubscribed({
      accountId: session.currentAccount().id,
      name: checkMailboxName(name),
      subscribed: true,
      origin: session.origin,
    });
  },
});
