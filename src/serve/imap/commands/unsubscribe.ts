import { command, loggedIn } from '../command.ts';

/** UNSUBSCRIBE: of a name that is not subscribed it is refused only if there is no such mailbox either. RFC 9051 section 6.3.8. */
export const unsubscribe = command({
  name: 'UNSUBSCRIBE',
  states: loggedIn,
  tells: 'all',
  parse(r) {
    r.expectSpace();
    return r.expectMailbox();
  },
  async run(session, name) {
    const accountId = session.currentAccount().id;
    const was = await session.services.store.setSubscribed({
      accountId,
      name,
      subscribed: false,
      origin: session.origin,
    });
    if (!was) await session.findMailbox(name, 'NONEXISTENT');
  },
});
