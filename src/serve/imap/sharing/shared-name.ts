/** The namespace of mailboxes that other accounts share. RFC 2342 section 5, Other Users' Namespace. */
export const otherUsers = 'Other Users';

/** A name under `Other Users/`: the account's name and the mailbox's own; undefined for any other name. */
export function splitSharedName(name: string): { readonly owner: string; readonly path: string } | undefined {
  if (name !== otherUsers && !name.startsWith(`${otherUsers}/`)) return undefined;
  const rest = name.slice(otherUsers.length + 1);
  const slash = rest.indexOf('/');
  if (slash < 0) return { owner: rest, path: '' };
  const path = rest.slice(slash + 1);
  // INBOX is one name in all spellings. RFC 9051 section 5.1.
  return { owner: rest.slice(0, slash), path: path.toUpperCase() === 'INBOX' ? 'INBOX' : path };
}

/** The printer. */
export function joinSharedName(owner: string, path: string): string {
  return `${otherUsers}/${owner}/${path}`;
}
