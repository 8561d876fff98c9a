import { deleted, seen } from '../../../store/flags.ts';
import type { SetFlags } from '../../../store/store.ts';

/** Flags as the store takes them. */
type FlagValues = Pick<SetFlags, 'flags' | 'keywords'>;

/** All flag bits. */
const everyBit = 0x7fffffff;

/** The flag bits that these rights let somebody change: `s` \Seen, `t` \Deleted, `w` all others. RFC 4314 section 4. */
export function changeableBits(rights: string): number {
  const others = everyBit & ~(seen | deleted);
  return (rights.includes('s') ? seen : 0) | (rights.includes('t') ? deleted : 0) | (rights.includes('w') ? others : 0);
}

/** Those of the flags that these rights let somebody set; the others are dropped without a word. RFC 4314 section 4, APPEND. */
export function permittedFlags({ flags, keywords }: FlagValues, rights: string): FlagValues {
  return { flags: flags & changeableBits(rights), keywords: rights.includes('w') ? keywords : [] };
}

/** What of a STORE may be done; undefined: nothing of it. RFC 4314 section 4, STORE. */
export function permittedChange(
  how: SetFlags['how'],
  asked: FlagValues,
  rights: string,
): (FlagValues & Pick<SetFlags, 'only'>) | undefined {
  const bits = changeableBits(rights);
  const withKeywords = rights.includes('w');
  if (bits === everyBit) return asked;
  const values = permittedFlags(asked, rights);
  if (how === 'replace') return bits === 0 ? undefined : { ...values, only: { flags: bits, keywords: withKeywords } };
  const isEmpty = values.flags === 0 && values.keywords.length === 0;
  const askedNothing = asked.flags === 0 && asked.keywords.length === 0;
  return isEmpty && !askedNothing ? undefined : values;
}

/** What must not be set by somebody with these rights; undefined: everything may be. */
export function forbiddenFlags(rights: string): SetFlags['only'] {
  const bits = everyBit & ~changeableBits(rights);
  return bits === 0 ? undefined : { flags: bits, keywords: !rights.includes('w') };
}
