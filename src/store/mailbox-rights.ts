import type { AccountId } from './ids.ts';
import type { Mailbox } from './mailbox.ts';

/** One entry of a mailbox's access control list. RFC 4314 section 2. */
export interface MailboxRight {
  /** As it is told: a login address, or `anyone`; with `-` in front it takes rights away. */
  readonly identifier: string;
  /** The account behind the address; undefined: everybody with an account here. */
  readonly granteeId: AccountId | undefined;
  /** Letters, each once, ascending. */
  readonly rights: string;
}

/** A mailbox of somebody else, and what this account may do with it. */
export interface SharedMailbox {
  readonly ownerId: AccountId;
  readonly mailbox: Mailbox;
  /** Letters, ascending; never empty. */
  readonly rights: string;
}

/** Entries of one mailbox. */
export const rightsLimits = { maxIdentifiers: 100 } as const;

/** What these entries give together: all that one of them gives, without what one of them takes away. RFC 4314 section 2. */
export function combineRights(entries: Iterable<Pick<MailboxRight, 'identifier' | 'rights'>>): string {
  let given = '';
  let taken = '';
  for (const { identifier, rights } of entries) {
    if (identifier.startsWith('-')) taken += rights;
    else given += rights;
  }
  return withoutRights(given, taken);
}

/** Each letter once, ascending. */
export function sortRights(letters: string): string {
  return [...new Set(letters)].sort().join('');
}

/** What is left, each letter once, ascending. */
export function withoutRights(letters: string, taken: string): string {
  return [...new Set(letters)]
    .filter((right) => !taken.includes(right))
    .sort()
    .join('');
}
