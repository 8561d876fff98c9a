import type { AccountId, MailboxId, ModSeq } from './ids.ts';

/**
 * What a write did, with all that the indexes in memory need. Plain data: it crosses from the writer to the protocols'
 * thread. `Change` is what watchers hear of it.
 */
export type Delta = { readonly accountId: AccountId; readonly modseq: ModSeq } & (
  | {
      readonly kind: 'added';
      readonly mailboxId: MailboxId;
      readonly uids: Uint32Array;
      readonly emailIds: Float64Array;
      readonly flags: Uint32Array;
      /** Keyword names joined by spaces, one string an entry; undefined: none has any. */
      readonly keywords: readonly string[] | undefined;
    }
  | {
      readonly kind: 'flags';
      readonly mailboxId: MailboxId;
      readonly uids: Uint32Array;
      readonly flags: Uint32Array;
      readonly keywords: readonly string[] | undefined;
    }
  | { readonly kind: 'expunged'; readonly mailboxId: MailboxId; readonly uids: Uint32Array }
  | {
      readonly kind: 'mailbox';
      readonly mailboxId: MailboxId;
      readonly what: 'created' | 'deleted' | 'renamed' | 'changed';
      readonly name: string;
      readonly oldName?: string;
    }
  | { readonly kind: 'subscription'; readonly name: string; readonly subscribed: boolean }
  | { readonly kind: 'annotation'; readonly mailboxId: MailboxId | undefined; readonly entries: readonly string[] }
  | { readonly kind: 'account-removed' }
);

/** The result of a write operation: its answer, and what it changed. */
export interface Written<T> {
  readonly result: T;
  readonly deltas: readonly Delta[];
  /** The directory's new version, when it changed. */
  readonly directoryVersion?: number;
}
