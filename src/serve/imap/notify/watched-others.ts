import type { Account } from '../../../directory/directory.ts';
import type { AccountId, MailboxId } from '../../../store/ids.ts';
import type { Mailbox } from '../../../store/mailbox.ts';

/** What happened to one mailbox of somebody else. */
export interface SharingNews {
  /** By the name that the client knows or is to know. */
  readonly name: string;
  /** What it was called before. */
  readonly oldName: string | undefined;
  /** `lost`: it is there, and may not be seen any more. `gained`: for the first time, or again (`wasLost`). */
  readonly what: 'gained' | 'lost' | 'renamed' | 'gone';
  readonly wasLost: boolean;
}

/** A mailbox of somebody else, with the name by which the client knows it. */
export interface ReadableOther {
  readonly owner: Account;
  readonly mailbox: Mailbox;
}

/** The mailboxes of other accounts that NOTIFY covers, as those see it who tell of them (`OthersWatch`). */
export interface WatchedOthers {
  readonly accountId: AccountId;
  /** More than can be watched. */
  readonly tooMany: boolean;
  /** What is shared may have changed since it was last looked up. */
  readonly waiting: boolean;
  /** One that may be read. */
  readable(mailboxId: MailboxId): ReadableOther | undefined;
  allReadable(): readonly ReadableOther[];
  /** All that may be seen, for attributes of names. */
  visible(): readonly Mailbox[];
  /** Looks up what is shared now, and says what that changes for the client. */
  refresh(): Promise<readonly SharingNews[]>;
  close(): void;
}
