/**
 * System flags and the well-known keywords are bits of one integer; all other keywords are names interned per account.
 * RFC 9051 section 2.3.2; `$` keywords from the IANA registry (RFC 5788).
 */
export const flagBits = {
  '\\Seen': 1,
  '\\Answered': 2,
  '\\Flagged': 4,
  '\\Deleted': 8,
  '\\Draft': 16,
  $Forwarded: 32,
  $Junk: 64,
  $NotJunk: 128,
  $Phishing: 256,
  $MDNSent: 512,
} as const satisfies Record<string, number>;

export type NamedFlag = keyof typeof flagBits;

export const seen = flagBits['\\Seen'];
export const deleted = flagBits['\\Deleted'];

const byLowerCase: ReadonlyMap<string, number> = new Map(
  Object.entries(flagBits).map(([name, bit]) => [name.toLowerCase(), bit]),
);

/** The bit of a flag or well-known keyword, in any case; undefined for all other keywords. */
export function findFlagBit(name: string): number | undefined {
  return byLowerCase.get(name.toLowerCase());
}

/** The names of the bits that are set, in the order of the table. */
export function flagNames(bits: number): readonly NamedFlag[] {
  return (Object.keys(flagBits) as NamedFlag[]).filter((name) => (bits & flagBits[name]) !== 0);
}
