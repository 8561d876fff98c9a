/** What a client asked for: says what its writes must do when the store announces them. */
export type Operation =
  | {
      readonly kind: 'append';
      readonly messages: readonly { readonly flags: readonly string[]; readonly token: string }[];
      /** Where each went. */
      readonly uids: number[];
      /** REPLACE: the one that goes. */
      readonly replaces?: number;
    }
  | {
      readonly kind: 'store';
      readonly how: 'add' | 'remove' | 'replace';
      readonly flags: readonly string[];
      readonly unchangedSince?: number;
      /** Undefined: any. */
      readonly asked: ReadonlySet<number> | undefined;
    }
  | {
      readonly kind: 'copy' | 'move';
      readonly from: number;
      /** Undefined: all that are there (RENAME of INBOX). */
      readonly asked: readonly number[] | undefined;
      /** Source and destination of each. */
      readonly pairs: [number, number][];
    }
  | { readonly kind: 'expunge'; readonly asked: ReadonlySet<number> | undefined }
  /** Mailboxes come, go and change their names. */
  | { readonly kind: 'names' };

/** What STORE makes of flags. */
export function applyFlags(
  before: ReadonlySet<string>,
  how: 'add' | 'remove' | 'replace',
  flags: readonly string[],
): Set<string> {
  if (how === 'replace') return new Set(flags);
  const after = new Set(before);
  for (const flag of flags) {
    if (how === 'add') after.add(flag);
    else after.delete(flag);
  }
  return after;
}

/** Flags as one text, so that they can be compared. */
export function flagKey(flags: Iterable<string>): string {
  return [...flags].sort().join(' ');
}
