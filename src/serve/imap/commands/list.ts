import { printMailbox } from '../../../wire/imap/print-string.ts';
import { expectListArguments } from '../../../wire/imap/read-list.ts';
import { command, loggedIn } from '../command.ts';
import { listMailboxes, type Listed } from '../list-mailboxes.ts';
import { printStatus } from '../status-text.ts';

/**
 * LIST. RFC 9051 section 6.3.9; also RFC 5258, CHILDREN RFC 3348, SPECIAL-USE RFC 6154, LIST-STATUS RFC 5819.
 * \HasChildren, \HasNoChildren and special uses are always told.
 */
export const list = command({
  name: 'LIST',
  states: loggedIn,
  capabilities: ['LIST-EXTENDED', 'LIST-STATUS', 'CHILDREN', 'SPECIAL-USE'],
  tells: 'all',
  parse: expectListArguments,
  async run(session, args, reply) {
    const { utf8, services } = session;
    if (args.patterns.length === 1 && args.patterns[0] === '') {
      // The delimiter is asked for. RFC 9051 section 6.3.9.
      reply.untagged('LIST (\\Noselect) "/" ""');
      return;
    }
    const accountId = session.currentAccount().id;
    const mailboxes = await services.store.listMailboxes(accountId);
    const subscriptions = await services.store.listSubscriptions(accountId);
    for (const found of listMailboxes(args, { mailboxes, subscriptions })) {
      if (found !== undefined) {
        reply.untagged(printListed(found, utf8));
        if (args.status.length > 0 && found.mailbox !== undefined) {
          reply.untagged(await printStatus(session, found.mailbox, args.status, reply));
        }
      }
      const pause = reply.pause();
      if (pause !== undefined) await pause;
      if (reply.gone) return;
    }
  },
});

function printListed({ name, attributes, childInfo }: Listed, utf8: boolean): string {
  const extended = childInfo ? ' ("CHILDINFO" ("SUBSCRIBED"))' : '';
  return `LIST (${attributes.join(' ')}) "/" ${printMailbox(name, utf8)}${extended}`;
}
