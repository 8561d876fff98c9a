import { printMailbox } from '../../../wire/imap/print-string.ts';
import { expectListArguments, type ListArguments } from '../../../wire/imap/read-list.ts';
import type { Mailbox } from '../../../store/mailbox.ts';
import { command, loggedIn } from '../command.ts';
import { listMailboxes, type Listed } from '../list-mailboxes.ts';
import { findMetadata, printMetadata } from '../metadata.ts';
import type { Reply } from '../respond.ts';
import type { Session } from '../session.ts';
import { printStatus } from '../status-text.ts';

/**
 * LIST. RFC 9051 section 6.3.9; also RFC 5258, CHILDREN RFC 3348, SPECIAL-USE RFC 6154, LIST-STATUS RFC 5819, LIST-METADATA
 * RFC 9590.
 * \HasChildren, \HasNoChildren and special uses are always told.
 */
export const list = command({
  name: 'LIST',
  states: loggedIn,
  capabilities: ['LIST-EXTENDED', 'LIST-STATUS', 'LIST-METADATA', 'CHILDREN', 'SPECIAL-USE'],
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
        if (found.mailbox !== undefined) await describe(session, found, found.mailbox, args, reply);
      }
      const pause = reply.pause();
      if (pause !== undefined) await pause;
      if (reply.gone) return;
    }
  },
});

/** What was asked for beside the names: STATUS, and METADATA of those that were chosen themselves (RFC 9590 section 3). */
async function describe(session: Session, listed: Listed, mailbox: Mailbox, args: ListArguments, reply: Reply) {
  if (args.status.length > 0) reply.untagged(await printStatus(session, mailbox, args.status, reply));
  if (args.metadata.length === 0 || !listed.chosen) return;
  const accountId = session.currentAccount().id;
  const annotations = await session.services.store.readAnnotations({ accountId, mailboxId: mailbox.id });
  const found = findMetadata(annotations, { entries: args.metadata, maxSize: Infinity, depth: 0 });
  const text = printMetadata(session, mailbox.name, found);
  if (text !== undefined) reply.untagged(text);
}

function printListed({ name, attributes, childInfo }: Listed, utf8: boolean): string {
  const extended = childInfo ? ' ("CHILDINFO" ("SUBSCRIBED"))' : '';
  return `LIST (${attributes.join(' ')}) "/" ${printMailbox(name, utf8)}${extended}`;
}
