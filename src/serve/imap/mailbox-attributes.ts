import { describeNames } from './list-mailboxes.ts';
import type { Session } from './session.ts';
import { listVisible } from './sharing/access.ts';
import { splitSharedName } from './sharing/shared-name.ts';

/** What LIST would tell of a mailbox that is there, with \Subscribed: `(\Subscribed \HasNoChildren)`. RFC 9051 sections 6.3.2 and 6.3.6. */
export async function printAttributes(session: Session, name: string): Promise<string> {
  const { store } = session.services;
  const accountId = session.currentAccount().id;
  const isOwn = splitSharedName(name) === undefined;
  const mailboxes = isOwn
    ? await store.listMailboxes(accountId)
    : (await listVisible(session)).map(({ mailbox }) => mailbox);
  const subscriptions = await store.listSubscriptions(accountId);
  const [described] = describeNames([name], { mailboxes, subscriptions });
  return `(${described?.attributes.join(' ') ?? ''})`;
}
