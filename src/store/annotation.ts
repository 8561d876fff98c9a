import type { AccountId, MailboxId } from './ids.ts';

/** A mailbox, or with `mailboxId` undefined the account itself (server annotations of RFC 5464). */
export interface AnnotationTarget {
  readonly accountId: AccountId;
  readonly mailboxId: MailboxId | undefined;
}

export interface Annotation {
  /** Lower case, starts with `/private/` or `/shared/`. */
  readonly entry: string;
  readonly value: Uint8Array;
}

/** RFC 5464 leaves limits to the server: entries and octets per account. */
export const annotationLimits = { maxEntries: 1000, maxBytes: 1_000_000 } as const;
