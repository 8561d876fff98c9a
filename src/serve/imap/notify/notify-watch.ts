import type { Change } from '../../../store/change.ts';
import type { MailboxId } from '../../../store/ids.ts';
import type { MailboxNews } from '../mailbox-news.ts';
import { watches, watchesSome, type NotifyRules } from './notify-rules.ts';
import type { WatchedOthers } from './watched-others.ts';

/** What happened to the messages of a mailbox, as bits. */
export const messagesChanged = 1;
export const flagsChanged = 2;

/** Mailboxes with changes that wait to be told; a client with more is too slow for what it asked for. */
const maxMailboxes = 1000;
/** New messages of this session itself that wait to be told. */
const maxOwn = 1000;

/**
 * The state of NOTIFY in one session: its rules, and which mailboxes there is something to tell of. A change only marks;
 * what is told is read when it is told, so a client that reads slowly costs a mark per mailbox, and beyond a limit
 * NOTIFICATIONOVERFLOW (RFC 5465 section 5.8).
 */
export class NotifyWatch {
  readonly rules: NotifyRules;
  /** More happened than can be told: the client has to be told so. */
  overflowed = false;
  /** This client expunged in its own mailbox: it hears of that even if it wants no such events. */
  ownExpunge = false;
  /** Mailboxes of other accounts, where a group can cover some. */
  others: WatchedOthers | undefined = undefined;
  private readonly marks = new Map<MailboxId, number>();
  /** Names that are only told if they are subscribed when they are told. */
  private readonly ifSubscribed = new Set<string>();
  private readonly ownUids = new Set<number>();

  constructor(rules: NotifyRules) {
    this.rules = rules;
  }

  get waiting(): boolean {
    return this.marks.size > 0 || this.overflowed || this.others?.waiting === true;
  }

  /** Notes a change of another session. False when the client does not want to hear of it. */
  note(change: Change, selectedId: MailboxId | undefined, news: MailboxNews): boolean {
    switch (change.kind) {
      case 'added':
      case 'expunged':
        if (change.mailboxId === selectedId) return this.rules.selected.messages;
        return watchesSome(this.rules, 'MessageNew') && this.mark(change.mailboxId, messagesChanged);
      case 'flags':
        if (change.mailboxId === selectedId) return this.rules.selected.flags;
        return watchesSome(this.rules, 'FlagChange') && this.mark(change.mailboxId, flagsChanged);
      case 'mailbox':
        return this.noteMailbox(change, news);
      case 'subscription':
        if (!watches(this.rules, 'SubscriptionChange', change.name, true)) return false;
        this.ifSubscribed.delete(change.name);
        return this.addNews(change, news);
      case 'annotation': {
        const event = change.mailboxId === undefined ? 'ServerMetadataChange' : 'MailboxMetadataChange';
        return watchesSome(this.rules, event) && this.addNews(change, news);
      }
      case 'account-removed':
        return false;
      default:
        return change satisfies never;
    }
  }

  /** Notes a change that this session made itself in its selected mailbox. */
  noteOwn(change: Change): void {
    if (change.kind === 'expunged') this.ownExpunge = true;
    if (change.kind !== 'added' || this.rules.selected.newItems.length === 0) return;
    for (const uid of change.uids) if (this.ownUids.size < maxOwn) this.ownUids.add(uid);
  }

  /** True for a message that this session brought itself since messages were last told. */
  isOwn(uid: number): boolean {
    return this.ownUids.has(uid);
  }

  /** New and expunged messages of the selected mailbox were told. */
  numbersTold(): void {
    this.ownExpunge = false;
    this.ownUids.clear();
  }

  /** Mailboxes with what happened to their messages; none are left. */
  takeMarks(): ReadonlyMap<MailboxId, number> {
    const taken = new Map(this.marks);
    this.marks.clear();
    return taken;
  }

  /** Those of these names that may be told, now that it is known what is subscribed. */
  takeTellable<T>(names: ReadonlyMap<string, T>, subscriptions: ReadonlySet<string>): ReadonlyMap<string, T> {
    const tellable = new Map(names);
    for (const name of this.ifSubscribed) if (!subscriptions.has(name)) tellable.delete(name);
    this.ifSubscribed.clear();
    return tellable;
  }

  /** RFC 5465 section 5.4. A new mailbox is subscribed; and one with a name that was used before has another UIDVALIDITY (section 5.1). */
  private noteMailbox(change: Change & { readonly kind: 'mailbox' }, news: MailboxNews): boolean {
    const { what, name, oldName, mailboxId } = change;
    if (what === 'changed') return false;
    let noted = this.noteName(change, name, oldName, news);
    const parent = name.lastIndexOf('/');
    if (what !== 'renamed' && parent > 0) {
      // Whether it has children may have changed. It need not exist.
      const { modseq, origin } = change;
      const ofParent = {
        kind: 'mailbox',
        what: 'changed',
        mailboxId,
        name: name.slice(0, parent),
        modseq,
        origin,
      } as const;
      noted = this.noteName(ofParent, ofParent.name, undefined, news) || noted;
    }
    const hasFlags = what !== 'deleted' && watches(this.rules, 'FlagChange', name, true);
    return (hasFlags && this.mark(mailboxId, flagsChanged)) || noted;
  }

  private noteName(
    change: Change & { readonly kind: 'mailbox' },
    name: string,
    oldName: string | undefined,
    news: MailboxNews,
  ): boolean {
    const isWatched = (subscribed: boolean): boolean =>
      watches(this.rules, 'MailboxName', name, subscribed) ||
      (oldName !== undefined && watches(this.rules, 'MailboxName', oldName, subscribed)) ||
      (change.what === 'created' && watches(this.rules, 'SubscriptionChange', name, true));
    if (!isWatched(true)) return false;
    if (isWatched(false)) this.ifSubscribed.delete(name);
    else if (!news.hasName(name)) this.ifSubscribed.add(name);
    return this.addNews(change, news);
  }

  private addNews(change: Change, news: MailboxNews): boolean {
    const isNoted = news.note(change);
    if (news.leftOut) this.overflowed = true;
    return isNoted || this.overflowed;
  }

  private mark(mailboxId: MailboxId, bits: number): boolean {
    const marks = this.marks.get(mailboxId);
    if (marks === undefined && this.marks.size >= maxMailboxes) this.overflowed = true;
    else this.marks.set(mailboxId, (marks ?? 0) | bits);
    return true;
  }
}
