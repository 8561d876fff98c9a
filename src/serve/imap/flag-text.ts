import { findFlagBit, flagNames } from '../../store/flags.ts';
import type { MailboxIndex } from '../../store/mailbox-index.ts';
import { keptName } from './keyword-names.ts';
import { Bad, No } from './refusal.ts';
import { changeableBits } from './sharing/flag-rights.ts';

/** Flags as the store takes them. */
export interface FlagValues {
  readonly flags: number;
  readonly keywords: readonly string[];
}

/** Keywords in one command, and the length of each; no client comes near. */
const maxKeywords = 100;
const maxKeywordBytes = 255;

/**
 * Flags as a client names them. RFC 9051 section 2.3.2.
 * @throws Bad for flags with a backslash that there are not, or that clients may not set (\Recent). @throws No beyond the limits.
 */
export function parseFlags(names: readonly string[]): FlagValues {
  let flags = 0;
  const keywords: string[] = [];
  for (const asked of names) {
    const name = keptName(asked);
    const bit = findFlagBit(name);
    if (bit !== undefined) flags |= bit;
    else if (name.startsWith('\\')) throw new Bad('no such flag');
    else if (name.length > maxKeywordBytes) throw new No('keyword is too long', 'LIMIT');
    else keywords.push(name);
  }
  if (keywords.length > maxKeywords) throw new No('too many keywords', 'LIMIT');
  return { flags, keywords };
}

/** Texts of combinations of bits met so far; there are 1024 at most. */
const textOfBits: string[] = [];

/** The names of these bits, blanks between. */
function bitText(bits: number): string {
  return (textOfBits[bits] ??= flagNames(bits).join(' '));
}

/** `(\Seen $Forwarded work)`: the flags of the message at this position of the index. RFC 9051 section 7.5.2. */
export function printFlags(index: MailboxIndex, position: number): string {
  const text = bitText(index.flags[position] ?? 0);
  const keywords = index.keywordsAt(position);
  if (keywords.length === 0) return `(${text})`;
  return `(${text}${text === '' ? '' : ' '}${keywords.join(' ')})`;
}

/** All flags of a mailbox, for FLAGS. RFC 9051 section 7.3.5. */
export function printAllFlags(index: MailboxIndex): string {
  return `(${[bitText(0x3ff), ...index.keywords].join(' ')})`;
}

/**
 * For PERMANENTFLAGS: those that these rights let somebody change, and `\*` while there may be new ones. RFC 9051 section 7.1,
 * RFC 4314 section 5.1.1.
 */
export function printPermanentFlags(index: MailboxIndex, rights: string, mayHaveMore = true): string {
  const flags = flagNames(0x3ff & changeableBits(rights));
  const keywords = mayHaveMore ? [...index.keywords, '\\*'] : index.keywords;
  return `(${[...flags, ...(rights.includes('w') ? keywords : [])].join(' ')})`;
}
