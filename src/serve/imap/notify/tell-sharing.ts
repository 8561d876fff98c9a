import { printMailbox } from '../../../wire/imap/print-string.ts';
import { describeNames } from '../list-mailboxes.ts';
import type { Reply } from '../respond.ts';
import type { Session } from '../session.ts';
import { levelsAbove } from '../sharing/access.ts';
import { watches, watchesAny, type NotifyRules } from './notify-rules.ts';
import type { SharingNews, WatchedOthers } from './watched-others.ts';

/**
 * LIST, unasked, for mailboxes that others share, share no more (\NoAccess), rename (OLDNAME) or remove (\NonExistent). A client
 * that was told of \NoAccess hears when that is over; all else is MailboxName. RFC 5465 sections 5.4 and 5.9.
 */
export async function tellSharing(
  session: Session,
  others: WatchedOthers,
  rules: NotifyRules,
  reply: Reply,
): Promise<void> {
  const news = await others.refresh();
  if (news.length === 0) return;
  const subscriptions = await session.services.store.listSubscriptions(others.accountId);
  const mailboxes = others.visible();
  const facts = { mailboxes, subscriptions, levels: levelsAbove(mailboxes.map(({ name }) => name)) };
  const told = news.filter((one) => isWanted(rules, one, subscriptions));
  const listed = describeNames(
    told.map(({ name }) => name),
    facts,
  );
  const attributesOf = new Map(Array.from(listed, ({ name, attributes }) => [name, attributes.join(' ')]));
  for (const { name, oldName, what } of told) {
    const attributes = what === 'lost' ? '\\NoAccess' : (attributesOf.get(name) ?? '');
    const extended = oldName === undefined ? '' : ` ("OLDNAME" (${printMailbox(oldName, session.utf8)}))`;
    reply.untagged(`LIST (${attributes}) "/" ${printMailbox(name, session.utf8)}${extended}`);
    const pause = reply.pause();
    if (pause !== undefined) await pause;
    if (reply.gone) return;
  }
}

function isWanted(
  rules: NotifyRules,
  { name, oldName, what, wasLost }: SharingNews,
  subscriptions: ReadonlySet<string>,
): boolean {
  const isSubscribed = subscriptions.has(name);
  if (what === 'lost' || wasLost) return watchesAny(rules, name, isSubscribed);
  const isOldWatched = oldName !== undefined && watches(rules, 'MailboxName', oldName, subscriptions.has(oldName));
  return isOldWatched || watches(rules, 'MailboxName', name, isSubscribed);
}
