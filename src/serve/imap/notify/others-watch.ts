import type { Account } from '../../../directory/directory.ts';
import type { Change } from '../../../store/change.ts';
import type { AccountId, MailboxId } from '../../../store/ids.ts';
import type { Mailbox } from '../../../store/mailbox.ts';
import type { Session } from '../session.ts';
import { listVisible, type Access } from '../sharing/access.ts';
import type { SharingListener } from '../sharing/sharing-registry.ts';
import { watchesAny, type NotifyRules } from './notify-rules.ts';
import type { SharingNews, WatchedOthers } from './watched-others.ts';

/** Owners whose accounts one session watches, and mailboxes of theirs that it knows. */
const maxOwners = 100;
const maxKnown = 5000;

/**
 * The mailboxes of other accounts that NOTIFY covers: which ones they are (RFC 5465 section 5.9), and what happens in them. Each owner's
 * account is watched once; that something else is shared or not any more is heard from the registry, and looked up when it
 * is told.
 */
export class OthersWatch implements WatchedOthers, SharingListener {
  readonly accountId: AccountId;
  tooMany = false;
  private readonly session: Session;
  private readonly rules: NotifyRules;
  private readonly hear: (change: Change) => void;
  private readonly wake: () => void;
  private known = new Map<MailboxId, Access>();
  /** Of these the client was told that it lost them. */
  private readonly lost = new Map<MailboxId, string>();
  private readonly watched = new Map<AccountId, () => void>();
  private changed = false;
  private changedByOthers = false;

  /**
   * @param hear takes what happens to the messages and annotations of mailboxes that the client may read
   * @param wake is called when what is shared may have changed
   */
  constructor(session: Session, rules: NotifyRules, hear: (change: Change) => void, wake: () => void) {
    this.accountId = session.currentAccount().id;
    this.session = session;
    this.rules = rules;
    this.hear = hear;
    this.wake = wake;
  }

  /** Begins to watch. */
  async begin(): Promise<void> {
    this.session.sharing.add(this);
    this.replace(await listVisible(this.session));
  }

  close(): void {
    this.session.sharing.remove(this);
    for (const unwatch of this.watched.values()) unwatch();
    this.watched.clear();
  }

  knows(mailboxId: MailboxId): boolean {
    return this.known.has(mailboxId) || this.lost.has(mailboxId);
  }

  sharingChanged(_ownerId: AccountId, origin: string | undefined): void {
    this.changed = true;
    // What the client did itself it knows. RFC 5465 section 5.
    if (origin === this.session.origin) return;
    this.changedByOthers = true;
    this.wake();
  }

  get waiting(): boolean {
    return this.changed;
  }

  readable(mailboxId: MailboxId): Access | undefined {
    const access = this.known.get(mailboxId);
    return access?.rights.includes('r') === true ? access : undefined;
  }

  allReadable(): readonly Access[] {
    return [...this.known.values()].filter(({ rights }) => rights.includes('r'));
  }

  visible(): readonly Mailbox[] {
    return [...this.known.values()].map(({ mailbox }) => mailbox);
  }

  async refresh(): Promise<readonly SharingNews[]> {
    const tell = this.changedByOthers;
    this.changed = false;
    this.changedByOthers = false;
    const before = this.known;
    this.replace(await listVisible(this.session));
    const news: SharingNews[] = [];
    for (const [id, { mailbox }] of this.known) {
      const was = before.get(id);
      const oldName = was?.mailbox.name;
      const wasLost = this.lost.delete(id);
      if (was === undefined) news.push({ name: mailbox.name, oldName, what: 'gained', wasLost });
      else if (oldName !== mailbox.name) news.push({ name: mailbox.name, oldName, what: 'renamed', wasLost });
    }
    for (const [id, { owner, mailbox }] of before) {
      if (this.known.has(id)) continue;
      const isThere = (await this.session.services.store.findMailbox(owner.id, id)) !== undefined;
      if (isThere && this.lost.size < maxKnown) this.lost.set(id, mailbox.name);
      news.push({ name: mailbox.name, oldName: undefined, what: isThere ? 'lost' : 'gone', wasLost: false });
    }
    return tell ? news : [];
  }

  private replace(visible: readonly Access[]): void {
    const covered = visible.filter(({ mailbox }) => watchesAny(this.rules, mailbox.name, true));
    this.tooMany = covered.length > maxKnown;
    this.known = new Map(covered.slice(0, maxKnown).map((access) => [access.mailbox.id, access]));
    const owners = new Map(this.allReadable().map(({ owner }) => [owner.id, owner]));
    for (const [id, unwatch] of this.watched) {
      if (owners.has(id)) continue;
      unwatch();
      this.watched.delete(id);
    }
    for (const owner of owners.values()) this.watch(owner);
  }

  private watch({ id }: Account): void {
    if (this.watched.has(id)) return;
    if (this.watched.size >= maxOwners) this.tooMany = true;
    else
      this.watched.set(
        id,
        this.session.services.store.watch(id, (change) => this.hearOwner(change)),
      );
  }

  private hearOwner(change: Change): void {
    // The mailbox that is selected has a watch of its own; names and rights come by the registry.
    if (!('mailboxId' in change) || change.mailboxId === undefined || change.kind === 'mailbox') return;
    if (change.mailboxId === this.session.selected?.mailbox.id || this.readable(change.mailboxId) === undefined) return;
    if (change.kind !== 'annotation') return this.hear(change);
    // Private ones are the owner's. RFC 5464 section 3.2.
    const entries = change.entries.filter((entry) => entry.startsWith('/shared/'));
    if (entries.length > 0) this.hear({ ...change, entries });
  }
}
