import type { MailboxId, ModSeq } from './ids.ts';

/** Those that a mailbox may have here: RFC 6154 section 2, `\\Important` RFC 8457 section 3, the last three RFC 9979. */
export const specialUses = [
  ...(['\\Archive', '\\Drafts', '\\Junk', '\\Sent', '\\Trash'] as const),
  ...(['\\Important', '\\Snoozed', '\\Scheduled', '\\Memos'] as const),
] as const;

export type SpecialUse = (typeof specialUses)[number];

/** A mailbox with its counts, which are kept exactly with each write. */
export interface Mailbox {
  readonly id: MailboxId;
  /** Full path, `/` between levels, NFC. INBOX is spelled `INBOX`. */
  readonly name: string;
  readonly uidValidity: number;
  readonly uidNext: number;
  readonly total: number;
  readonly unseen: number;
  readonly deleted: number;
  /** Sum of the sizes of its messages, octets. */
  readonly sizeBytes: number;
  readonly highestModseq: ModSeq;
  readonly createdModseq: ModSeq;
  readonly specialUse: SpecialUse | undefined;
}

/** Longest name in octets of UTF-8, deepest level, mailboxes per account. */
export const mailboxLimits = { maxNameBytes: 1024, maxDepth: 64, maxMailboxes: 20_000 } as const;
