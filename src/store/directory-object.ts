import type { AccountId } from './ids.ts';

/** The directory's objects as the store keeps them: plain JSON under a kind and an id. Their meaning is in `directory/`. */
export interface DirectoryObject {
  readonly kind: string;
  readonly id: string;
  /** JSON text. */
  readonly body: string;
}

export interface DirectoryState {
  /** Goes up by one with each edit. 0: never edited. */
  readonly version: number;
  readonly objects: readonly DirectoryObject[];
  /** Store accounts by name. */
  readonly accountIds: ReadonlyMap<string, AccountId>;
}

export interface DirectoryEdit {
  readonly baseVersion: number;
  readonly put: readonly DirectoryObject[];
  readonly remove: readonly { readonly kind: string; readonly id: string }[];
  /** New accounts: `standard` makes INBOX, Archive, Drafts, Junk, Sent, Trash with special uses, all subscribed; `minimal` only INBOX. */
  readonly createAccounts: readonly { readonly name: string; readonly mailboxes: 'standard' | 'minimal' }[];
  /** With all their mail. */
  readonly removeAccounts: readonly string[];
}
