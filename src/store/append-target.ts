import type { AccountId, EmailId, MailboxId, ModSeq, ThreadId, Uid } from './ids.ts';

/** Where one copy of a message goes. */
export interface AppendTarget {
  readonly accountId: AccountId;
  /** A mailbox, by id or by name; with `orInbox` a missing one falls back to INBOX. */
  readonly mailbox: MailboxId | { readonly name: string; readonly orInbox: boolean };
  readonly flags: number;
  readonly keywords: readonly string[];
  /** A message with attachments gets `$hasattachment` besides, as it is at delivery. RFC 9979. */
  readonly marksAttachments?: true;
  /** INTERNALDATE, milliseconds since 1970. */
  readonly receivedAtMs: number;
  /** Header fields that this server adds in front (each ends in CRLF), one character an octet; '' for none. */
  readonly prefix: string;
  /** Octets the account may hold, or undefined for no limit. */
  readonly quotaBytes?: number;
}

export type AppendOutcome =
  | {
      readonly ok: true;
      readonly accountId: AccountId;
      readonly mailboxId: MailboxId;
      readonly uidValidity: number;
      readonly uid: Uid;
      readonly emailId: EmailId;
      readonly threadId: ThreadId;
      readonly modseq: ModSeq;
    }
  | { readonly ok: false; readonly reason: 'over-quota' | 'no-such-mailbox' };
