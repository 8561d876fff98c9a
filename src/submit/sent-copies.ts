import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Account } from '../directory/directory.ts';
import { seen } from '../store/flags.ts';
import type { AccountId, MailboxId } from '../store/ids.ts';
import type { Spooled } from '../store/spool.ts';
import type { Store } from '../store/store.ts';

export interface SentCopiesServices {
  readonly store: Pick<Store, 'append' | 'listMailboxes' | 'readEmails' | 'expunge' | 'watch'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** How long a client may take to file its own copy, and how far back one is looked for that it filed before. */
const patienceMs = 10 * 60_000;
const lookBack = 20;
/** Copies that are watched for at once; beyond, one that the client files as well stays. */
const maxWatched = 1000;

interface Place {
  readonly accountId: AccountId;
  readonly mailboxId: MailboxId;
}

/**
 * Files what an account sends in its mailbox for that, for clients that do not. Where the client does, before or after, ours
 * is not made or goes again: the same Message-ID says so. After a restart a copy that both made stays twice.
 */
export class SentCopies {
  readonly #services: SentCopiesServices;
  readonly #watched = new Set<() => void>();

  constructor(services: SentCopiesServices) {
    this.#services = services;
  }

  /** Takes `content` over. Never throws: the message is on its way already, and what goes wrong here is logged. */
  async keep(sent: {
    readonly account: Account;
    readonly content: Spooled;
    /** Fields that were not sent, for the sender to see. */
    readonly prefix: string;
    readonly messageId: string;
  }): Promise<void> {
    try {
      await this.#keep(sent);
    } catch (error) {
      this.#services.log.error('no copy of a sent message was kept', { account: sent.account.name }, error);
    }
  }

  /** Looks no more for copies of clients. */
  close(): void {
    for (const stop of this.#watched) stop();
  }

  async #keep({ account, content, prefix, messageId }: Parameters<SentCopies['keep']>[0]): Promise<void> {
    const { store, clock, log } = this.#services;
    const mailboxes = await store.listMailboxes(account.id);
    const mailbox = mailboxes.find(({ specialUse }) => specialUse === '\\Sent');
    const place = mailbox && { accountId: account.id, mailboxId: mailbox.id };
    const first = Math.max(1, (mailbox?.uidNext ?? 1) - lookBack);
    if (place === undefined || (await this.#isThere(place, [first, mailbox?.uidNext ?? 1], messageId))) return;
    const [filed] = await store.append({
      message: content,
      targets: [
        {
          ...{ accountId: account.id, mailbox: place.mailboxId, flags: seen, keywords: [], prefix },
          receivedAtMs: clock.now(),
          ...(account.quotaBytes === undefined ? {} : { quotaBytes: account.quotaBytes }),
        },
      ],
    });
    if (filed?.ok === true) this.#watch(place, filed.uid, messageId);
    else log.warn('no copy of a sent message was kept', { account: account.name, why: filed?.reason });
  }

  /** Our copy goes when the client files its own. */
  #watch(place: Place, uid: number, messageId: string): void {
    if (this.#watched.size >= maxWatched) return;
    const { store, log } = this.#services;
    const look = async (last: number): Promise<void> => {
      if (!(await this.#isThere(place, [uid + 1, last], messageId))) return;
      stop();
      await store.expunge({ ...place, uids: [[uid, uid]], onlyDeleted: false });
    };
    const unwatch = store.watch(place.accountId, (change) => {
      if (change.kind !== 'added' || change.mailboxId !== place.mailboxId) return;
      look(change.uids.at(-1) ?? uid).catch((error: unknown) => log.error('a copy could not be compared', {}, error));
    });
    const timer = setTimeout(() => stop(), patienceMs).unref();
    const stop = (): void => {
      clearTimeout(timer);
      unwatch();
      this.#watched.delete(stop);
    };
    this.#watched.add(stop);
  }

  async #isThere(place: Place, [first, last]: readonly [number, number], messageId: string): Promise<boolean> {
    if (last < first) return false;
    const selection = { ...place, uids: [[first, last]] as const, withExpunged: false };
    for await (const rows of this.#services.store.readEmails(selection, { envelope: true })) {
      if (rows.some(({ envelope }) => envelope.endsWith(` "${messageId}")`))) return true;
    }
    return false;
  }
}
