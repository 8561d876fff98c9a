import { printMailbox } from '../../wire/imap/print-string.ts';
import { describeNames } from './list-mailboxes.ts';
import type { Reply } from './respond.ts';
import type { Session } from './session.ts';

/**
 * LIST, unasked, for mailboxes that other sessions created, deleted (\NonExistent), renamed (OLDNAME) or subscribed; only
 * to clients of IMAP4rev2. RFC 9051 sections 6.3.4 to 6.3.6 and 6.3.9.7. Attributes are those of this moment.
 */
export async function tellMailboxes(session: Session, reply: Reply): Promise<void> {
  const names = session.news.take();
  const { store } = session.services;
  const accountId = session.currentAccount().id;
  const mailboxes = await store.listMailboxes(accountId);
  const facts = { mailboxes, subscriptions: await store.listSubscriptions(accountId) };
  const print = (name: string): string => printMailbox(name, session.utf8);
  for (const { name, attributes } of describeNames(names.keys(), facts)) {
    const oldName = names.get(name);
    const extended = oldName === undefined ? '' : ` ("OLDNAME" (${print(oldName)}))`;
    reply.untagged(`LIST (${attributes.join(' ')}) "/" ${print(name)}${extended}`);
    const pause = reply.pause();
    if (pause !== undefined) await pause;
  }
}
