import type { AccountId, MailboxId } from './ids.ts';

/** A mailbox, or with `mailboxId` undefined the account itself (server annotations of RFC 5464). */
export interface AnnotationTarget {
  readonly accountId: AccountId;
  readonly mailboxId: MailboxId | undefined;
}

export interface Annotation {
  /** Lower case, starts with `/private/` or `/shared/`, or is the server's own (`isServerEntry`). */
  readonly entry: string;
  readonly value: Uint8Array;
}

/** RFC 5464 leaves limits to the server: entries and octets per account. */
export const annotationLimits = { maxEntries: 1000, maxBytes: 1_000_000 } as const;

const serverEntries = '/server/';

/** Entries that the server keeps for itself: clients can neither ask for them nor hear of them, and no limit counts them. */
export function isServerEntry(entry: string): boolean {
  return entry.startsWith(serverEntries);
}
