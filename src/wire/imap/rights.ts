import type { ImapReader } from './imap-reader.ts';

/** All rights, in the order in which they are told. RFC 4314 section 2.1. `p` is kept for others and means nothing here. */
export const allRights = 'lrswipkxtea';

/** What the virtual rights of RFC 2086 stand for. RFC 4314 section 2.1.1. */
const members: Readonly<Record<string, string>> = { c: 'kx', d: 'et' };

/** `SP mailbox SP identifier`, with which SETACL, DELETEACL and LISTRIGHTS begin. RFC 4314 section 4. */
export function expectAclSubject(r: ImapReader): { readonly name: string; readonly identifier: string } {
  r.expectSpace();
  const name = r.expectMailbox();
  r.expectSpace();
  return { name, identifier: r.expectAstring() };
}

/** The argument of SETACL. */
export interface ModifiedRights {
  readonly how: 'replace' | 'add' | 'remove';
  /** Letters of `allRights`. */
  readonly rights: string;
}

/** mod-rights = astring: "+" or "-" or nothing, and letters. RFC 4314 section 3.1; a right that there is not is BAD. */
export function expectModifiedRights(r: ImapReader): ModifiedRights {
  const at = r.at;
  const text = r.expectAstring();
  const sign = text[0];
  const how = sign === '+' ? 'add' : sign === '-' ? 'remove' : 'replace';
  let rights = '';
  for (const letter of how === 'replace' ? text : text.slice(1)) {
    const meant = members[letter] ?? letter;
    if (!allRights.includes(meant[0] ?? '')) r.fail('rights', at);
    rights += meant;
  }
  return { how, rights };
}

/** As they are told: in one order, with the virtual rights behind. RFC 4314 section 2.1.1. */
export function printRights(rights: string): string {
  const known = [...new Set(allRights)].filter((letter) => rights.includes(letter)).join('');
  const isThere = (letter: string): boolean => known.includes(letter);
  const virtual = Object.keys(members).filter((name) => [...new Set(members[name])].some(isThere));
  // An empty list is an empty string. RFC 4314 section 3.6.
  return known === '' ? '""' : known + virtual.join('');
}

/** Each right can be given alone; the virtual ones stand by themselves. RFC 4314 section 3.7. */
export const separateRights: string = [...new Set(allRights), ...Object.keys(members)].join(' ');
