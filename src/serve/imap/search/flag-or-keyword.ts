import { findFlagBit, flagNames } from '../../../store/flags.ts';
import { keptName } from '../keyword-names.ts';

/** The name under which a flag or keyword is kept: some have several (`Junk`, `$Junk`); others are as written. */
export function flagOrKeyword(name: string): string {
  if (name.startsWith('\\')) return name;
  const kept = keptName(name);
  return flagNames(findFlagBit(kept) ?? 0)[0] ?? kept;
}
