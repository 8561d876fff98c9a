import type { AccountId, MailboxId } from '../../../store/ids.ts';
import type { Mailbox } from '../../../store/mailbox.ts';
import type { StatusItem } from '../../../wire/imap/read-status.ts';
import type { Reply } from '../respond.ts';
import type { Session } from '../session.ts';
import { statusLine } from '../status-text.ts';
import { noRules, usesSubscriptions, watches, type NotifyRules } from './notify-rules.ts';
import { flagsChanged, messagesChanged, NotifyWatch } from './notify-watch.ts';
import { tellSharing } from './tell-sharing.ts';

/**
 * STATUS of the mailboxes that are watched and not selected, as they are now. RFC 5465 sections 5.1 to 5.3; after an overflow
 * only that, and nothing more from then on (section 5.8).
 */
export async function tellWatched(session: Session, watch: NotifyWatch, reply: Reply): Promise<void> {
  if (watch.overflowed) {
    endWatch(session, reply, 'too much happens at once, NOTIFY again');
    return;
  }
  if (watch.others?.waiting === true) await tellSharing(session, watch.others, watch.rules, reply);
  if (watch.others?.tooMany === true) {
    endWatch(session, reply, 'too many mailboxes of others');
    return;
  }
  const subscriptions = await subscriptionsFor(session, watch.rules);
  for (const [mailboxId, happened] of watch.takeMarks()) {
    if (mailboxId === session.selected?.mailbox.id) continue;
    const found = await findWatched(session, watch, mailboxId);
    if (found === undefined) continue;
    const { mailbox, ownerId } = found;
    const items = statusItems(session, happened & watchedBits(watch.rules, mailbox, subscriptions), false);
    if (items.length > 0) reply.untagged(await statusLine(session, mailbox, items, ownerId));
    const pause = reply.pause();
    if (pause !== undefined) await pause;
    if (reply.gone) return;
  }
}

/** STATUS of every mailbox whose messages are watched, for NOTIFY SET STATUS. RFC 5465 section 3.1. */
export async function tellAllWatched(session: Session, rules: NotifyRules, reply: Reply): Promise<void> {
  const subscriptions = await subscriptionsFor(session, rules);
  const ownId = session.currentAccount().id;
  const own = (await session.services.store.listMailboxes(ownId)).map((mailbox) => ({ mailbox, ownerId: ownId }));
  const shared = session.notify?.others?.allReadable() ?? [];
  for (const { mailbox, ownerId } of [
    ...own,
    ...shared.map(({ mailbox, owner }) => ({ mailbox, ownerId: owner.id })),
  ]) {
    if (mailbox.id === session.selected?.mailbox.id) continue;
    const items = statusItems(session, watchedBits(rules, mailbox, subscriptions), true);
    if (items.length === 0) continue;
    reply.untagged(await statusLine(session, mailbox, items, ownerId));
    const pause = reply.pause();
    if (pause !== undefined) await pause;
    if (reply.gone) return;
  }
}

/** A mailbox as it is now, by the name that the client knows; undefined: it is gone, or may not be read any more. */
async function findWatched(
  session: Session,
  { others }: NotifyWatch,
  mailboxId: MailboxId,
): Promise<{ readonly mailbox: Mailbox; readonly ownerId: AccountId } | undefined> {
  const { store } = session.services;
  const shared = others?.readable(mailboxId);
  const ownerId = shared?.owner.id ?? session.currentAccount().id;
  const mailbox = await store.findMailbox(ownerId, mailboxId);
  if (mailbox === undefined) return undefined;
  return { ownerId, mailbox: shared === undefined ? mailbox : { ...mailbox, name: shared.mailbox.name } };
}

/** From now on as after NOTIFY NONE. RFC 5465 section 5.8. */
export function endWatch(session: Session, reply: Reply, why: string): void {
  session.news.forget();
  session.replaceNotify(new NotifyWatch(noRules));
  reply.untagged(`OK [NOTIFICATIONOVERFLOW] ${why}`);
}

function subscriptionsFor(session: Session, rules: NotifyRules): ReadonlySet<string> | Promise<ReadonlySet<string>> {
  if (!usesSubscriptions(rules)) return new Set<string>();
  return session.services.store.listSubscriptions(session.currentAccount().id);
}

function watchedBits(rules: NotifyRules, { name }: Mailbox, subscriptions: ReadonlySet<string>): number {
  const subscribed = subscriptions.has(name);
  const messages = watches(rules, 'MessageNew', name, subscribed) ? messagesChanged : 0;
  return messages | (watches(rules, 'FlagChange', name, subscribed) ? flagsChanged : 0);
}

/**
 * What a client needs to know of such a change. HIGHESTMODSEQ for those who use CONDSTORE; at first also for those who ask for flags
 * (RFC 5465 section 3.1), which does not turn CONDSTORE on. UNSEEN is what the others see of a change of flags.
 */
function statusItems(session: Session, bits: number, atFirst: boolean): readonly StatusItem[] {
  if (bits === 0) return [];
  const items: StatusItem[] = [];
  if ((bits & messagesChanged) !== 0) items.push('MESSAGES', 'UIDNEXT');
  items.push('UIDVALIDITY');
  const hasFlags = (bits & flagsChanged) !== 0;
  if (hasFlags) items.push('UNSEEN');
  if (session.condstore || (hasFlags && atFirst)) items.push('HIGHESTMODSEQ');
  return items;
}
