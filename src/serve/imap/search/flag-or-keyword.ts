import { flagNames } from '../../../store/flags.ts';
import { parseFlags } from '../flag-text.ts';

/** The name under which a flag or keyword is kept: some have several (`Junk`, `$Junk`); others are as written. */
export function flagOrKeyword(name: string): string {
  if (name.startsWith('\\')) return name;
  const { flags } = parseFlags([name]);
  return flagNames(flags)[0] ?? name;
}
