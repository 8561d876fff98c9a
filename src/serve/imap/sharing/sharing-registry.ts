import type { Log } from '../../../base/log.ts';
import type { Change } from '../../../store/change.ts';
import type { AccountId, MailboxId } from '../../../store/ids.ts';
import type { Store } from '../../../store/store.ts';

/** A session that wants to hear what others share with its account. */
export interface SharingListener {
  readonly accountId: AccountId;
  /** Does it know this mailbox of somebody else? Then it hears of it, whatever its rights are now. */
  knows(mailboxId: MailboxId): boolean;
  /** What this owner shares may have changed. `origin` as the write was given it. */
  sharingChanged(ownerId: AccountId, origin: string | undefined): void;
}

/**
 * The sessions of a listener that hear of shared mailboxes (RFC 5465 section 5.9): one watch on all mailboxes, and one reading of
 * an access control list for each change, serve them all. Only those whom the change concerns look themselves.
 */
export class SharingRegistry {
  private readonly store: Pick<Store, 'watchMailboxes' | 'readRights'>;
  private readonly log: Log;
  private readonly listeners = new Set<SharingListener>();
  private unwatch: (() => void) | undefined = undefined;

  constructor(store: Pick<Store, 'watchMailboxes' | 'readRights'>, log: Log) {
    this.store = store;
    this.log = log;
  }

  add(listener: SharingListener): void {
    this.listeners.add(listener);
    this.unwatch ??= this.store.watchMailboxes((ownerId, change) => void this.hear(ownerId, change));
  }

  remove(listener: SharingListener): void {
    this.listeners.delete(listener);
    if (this.listeners.size > 0) return;
    this.unwatch?.();
    this.unwatch = undefined;
  }

  private async hear(ownerId: AccountId, { mailboxId, origin }: Change & { readonly kind: 'mailbox' }): Promise<void> {
    try {
      // None when the mailbox is gone: then it is for those who know it.
      const rights = await this.store.readRights(ownerId, mailboxId);
      const named = new Set(rights.map(({ granteeId }) => granteeId));
      for (const listener of this.listeners) {
        if (listener.accountId === ownerId) continue;
        const isConcerned = named.has(undefined) || named.has(listener.accountId) || listener.knows(mailboxId);
        if (isConcerned) listener.sharingChanged(ownerId, origin);
      }
    } catch (error) {
      // Whatever may have changed: each looks itself.
      this.log.warn('rights of a mailbox cannot be read', { reason: String(error) });
      for (const listener of this.listeners) {
        if (listener.accountId !== ownerId) listener.sharingChanged(ownerId, origin);
      }
    }
  }
}
