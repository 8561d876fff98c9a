import type { MailboxId } from '../../store/ids.ts';
import { printAstring, printMailbox } from '../../wire/imap/print-string.ts';
import { describeNames, type ListFacts } from './list-mailboxes.ts';
import { watches } from './notify/notify-rules.ts';
import type { Reply } from './respond.ts';
import type { Session } from './session.ts';

/** Entries in one METADATA response. */
const entriesInLine = 50;

/**
 * LIST, unasked, for mailboxes that other sessions created, deleted (\NonExistent), renamed (OLDNAME) or subscribed; only
 * to clients of IMAP4rev2 (RFC 9051 section 6.5). RFC 9051 sections 6.3.4 to 6.3.6 and 6.3.9.7. Attributes are those of this moment. Then METADATA.
 */
export async function tellMailboxes(session: Session, reply: Reply): Promise<void> {
  const names = session.news.takeNames();
  const entries = session.news.takeEntries();
  const { store } = session.services;
  const accountId = session.currentAccount().id;
  const mailboxes = await store.listMailboxes(accountId);
  const subscriptions = await store.listSubscriptions(accountId);
  if (names.size > 0) {
    const tellable = session.notify?.takeTellable(names, subscriptions) ?? names;
    await tellNames(session, tellable, { mailboxes, subscriptions }, reply);
  }
  const nameOf = new Map<MailboxId | undefined, string>(mailboxes.map(({ id, name }) => [id, name]));
  for (const { mailbox } of session.notify?.others?.allReadable() ?? []) nameOf.set(mailbox.id, mailbox.name);
  nameOf.set(undefined, '');
  for (const [mailboxId, changed] of entries) {
    const name = nameOf.get(mailboxId);
    if (name !== undefined && wantsEntries(session, name, mailboxId, subscriptions))
      tellEntries(session, name, changed, reply);
  }
}

async function tellNames(
  session: Session,
  names: ReadonlyMap<string, string | undefined>,
  facts: ListFacts,
  reply: Reply,
): Promise<void> {
  const print = (name: string): string => printMailbox(name, session.utf8);
  for (const { name, attributes } of describeNames(names.keys(), facts)) {
    const oldName = names.get(name);
    const extended = oldName === undefined ? '' : ` ("OLDNAME" (${print(oldName)}))`;
    reply.untagged(`LIST (${attributes.join(' ')}) "/" ${print(name)}${extended}`);
    const pause = reply.pause();
    if (pause !== undefined) await pause;
  }
}

/** After NOTIFY, annotations only of mailboxes that are watched; of the server, whatever the group. RFC 5465 sections 5.6 and 5.7. */
function wantsEntries(
  session: Session,
  name: string,
  mailboxId: MailboxId | undefined,
  subscriptions: ReadonlySet<string>,
): boolean {
  if (session.notify === undefined || mailboxId === undefined) return true;
  return watches(session.notify.rules, 'MailboxMetadataChange', name, subscriptions.has(name));
}

/** Names of entries without their values. RFC 5464 section 4.4.2. */
function tellEntries(session: Session, name: string, entries: readonly string[], reply: Reply): void {
  for (let at = 0; at < entries.length; at += entriesInLine) {
    const some = entries.slice(at, at + entriesInLine).map((entry) => printAstring(entry));
    reply.untagged(`METADATA ${printMailbox(name, session.utf8)} ${some.join(' ')}`);
  }
}
