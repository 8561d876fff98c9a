import type { MailboxId, ModSeq } from './ids.ts';

/** RFC 6154 section 2, those that a mailbox may have here. */
export type SpecialUse = '\\Archive' | '\\Drafts' | '\\Junk' | '\\Sent' | '\\Trash';

export const specialUses: readonly SpecialUse[] = ['\\Archive', '\\Drafts', '\\Junk', '\\Sent', '\\Trash'];

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
