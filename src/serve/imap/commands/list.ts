import { allRights, printRights } from '../../../wire/imap/rights.ts';
import { printMailbox } from '../../../wire/imap/print-string.ts';
import { expectListArguments, type ListArguments } from '../../../wire/imap/read-list.ts';
import type { Mailbox } from '../../../store/mailbox.ts';
import { command, loggedIn } from '../command.ts';
import { listMailboxes, type Listed } from '../list-mailboxes.ts';
import { findMetadata, printMetadata, readVisible } from '../metadata.ts';
import type { Reply } from '../respond.ts';
import type { Session } from '../session.ts';
import { levelsAbove, listVisible, type Access } from '../sharing/access.ts';
import { printStatus } from '../status-text.ts';

/**
 * LIST. RFC 9051 sections 6.3.9, 6.3.9.2 and 7.3.1; also RFC 5258, CHILDREN RFC 3348, SPECIAL-USE RFC 6154, LIST-STATUS RFC 5819, LIST-METADATA
 * RFC 9590, LIST-MYRIGHTS RFC 8440; mailboxes that others share RFC 4314 section 4.
 * \HasChildren, \HasNoChildren and special uses are always told.
 */
export const list = command({
  name: 'LIST',
  states: loggedIn,
  capabilities: ['LIST-EXTENDED', 'LIST-STATUS', 'LIST-METADATA', 'LIST-MYRIGHTS', 'CHILDREN', 'SPECIAL-USE'],
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
    const own = await services.store.listMailboxes(accountId);
    const subscriptions = await services.store.listSubscriptions(accountId);
    const shared = new Map((await listVisible(session)).map((access) => [access.mailbox.name, access]));
    const mailboxes = [...own, ...[...shared.values()].map((access) => access.mailbox)];
    const facts = { mailboxes, subscriptions, levels: levelsAbove(shared.keys()), unreadable: unreadable(shared) };
    for (const found of listMailboxes(args, facts)) {
      if (found !== undefined) {
        reply.untagged(printListed(found, utf8));
        if (found.mailbox !== undefined)
          await describe(session, found, shared.get(found.name) ?? accessToOwn(session, found.mailbox), args, reply);
      }
      const pause = reply.pause();
      if (pause !== undefined) await pause;
      if (reply.gone) return;
    }
  },
});

function unreadable(shared: ReadonlyMap<string, Access>): ReadonlySet<string> {
  return new Set([...shared].filter(([, { rights }]) => !rights.includes('r')).map(([name]) => name));
}

/** The client's own mailbox. */
function accessToOwn(session: Session, mailbox: Mailbox): Access {
  return { owner: session.currentAccount(), mailbox, rights: allRights };
}

/**
 * What was asked for beside the names: STATUS, METADATA of those that were chosen themselves (RFC 9590 section 3), MYRIGHTS; of
 * a mailbox of another account as far as the rights go.
 */
async function describe(session: Session, listed: Listed, access: Access, args: ListArguments, reply: Reply) {
  const { owner, mailbox, rights } = access;
  if (args.status.length > 0 && rights.includes('r')) {
    reply.untagged(await printStatus(session, mailbox, args.status, reply, owner.id));
  }
  if (args.returns.has('MYRIGHTS')) {
    reply.untagged(`MYRIGHTS ${printMailbox(mailbox.name, session.utf8)} ${printRights(rights)}`);
  }
  if (args.metadata.length === 0 || !listed.chosen || !rights.includes('r')) return;
  const annotations = await readVisible(session, { accountId: owner.id, mailboxId: mailbox.id });
  const found = findMetadata(annotations, { entries: args.metadata, maxSize: Infinity, depth: 0 });
  const text = printMetadata(session, mailbox.name, found);
  if (text !== undefined) reply.untagged(text);
}

function printListed({ name, attributes, childInfo }: Listed, utf8: boolean): string {
  const extended = childInfo ? ' ("CHILDINFO" ("SUBSCRIBED"))' : '';
  return `LIST (${attributes.join(' ')}) "/" ${printMailbox(name, utf8)}${extended}`;
}
