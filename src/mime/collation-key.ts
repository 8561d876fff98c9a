import { cutText } from './cut-text.ts';
import { unicodeCasemap } from './unicode-casemap.ts';

/** Longest text that is compared; what is equal up to there counts as equal. */
const maxText = 500;

/** The key of a decoded text. Comparing keys with `<` is the collation i;unicode-casemap. */
export function collationKey(text: string): string {
  return unicodeCasemap(cutText(text, maxText));
}
