import type { MailboxId, ModSeq } from './ids.ts';

/**
 * What happened in an account, told after it is durable. The mailbox's index is up to date when a watcher hears it.
 * `origin` is what the write was given, so that a session recognises its own.
 */
export type Change = { readonly modseq: ModSeq; readonly origin: string | undefined } & (
  | { readonly kind: 'added'; readonly mailboxId: MailboxId; readonly uids: Uint32Array }
  | { readonly kind: 'flags'; readonly mailboxId: MailboxId; readonly uids: Uint32Array }
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
  /** The account was removed, or what happened in it cannot be told any more: sessions on it must end. */
  | { readonly kind: 'account-removed' }
);
