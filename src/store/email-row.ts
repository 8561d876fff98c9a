import type { AccountId, EmailId, MailboxId, ThreadId, Uid } from './ids.ts';
import type { UidRanges } from './uid-ranges.ts';

export interface EmailSelection {
  readonly accountId: AccountId;
  readonly mailboxId: MailboxId;
  readonly uids: UidRanges;
  readonly withExpunged: boolean;
}

/**
 * Which stored facts to read; those not asked for are '' in the row. Uid, email id, size, `receivedAtMs` and
 * `savedAtMs` always come and cost least; `threadId` and `sentAtMs` (else 0 and null) come with any of these.
 */
export interface EmailColumns {
  /** Thread and Date, which lie with the message. */
  readonly threadAndDate?: boolean;
  readonly envelope?: boolean;
  readonly bodyStructure?: boolean;
  readonly partMap?: boolean;
  readonly preview?: boolean;
  /** What THREAD goes by. */
  readonly threading?: boolean;
  /** The usual header fields, where they are kept. */
  readonly usualFields?: boolean;
}

export interface EmailRow {
  readonly uid: Uid;
  readonly emailId: EmailId;
  readonly threadId: ThreadId;
  /** RFC822.SIZE: the added header fields and the original together. */
  readonly sizeBytes: number;
  readonly receivedAtMs: number;
  /** When it was put into this mailbox (RFC 8514). */
  readonly savedAtMs: number;
  /** The Date field; null when missing or not a date. */
  readonly sentAtMs: number | null;
  /** As IMAP sends it, one character an octet (see mime/print-envelope.ts). */
  readonly envelope: string;
  readonly bodyStructure: string;
  /** See mime/part-map.ts. Offsets count from the start of the original, without the prefix. */
  readonly partMap: string;
  readonly preview: string;
  /** See thread-facts.ts; empty when it was not asked for. */
  readonly threading: Uint8Array;
  /** See mime/usual-fields.ts; one character an octet; '' when they are not kept (or were not asked for). */
  readonly usualFields: string;
}
