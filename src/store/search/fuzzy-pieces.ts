import { lettersThatMayDiffer } from './word-likeness.ts';

/** Signatures know pieces of three code units and more. */
const minPiece = 3;

/**
 * Texts of which every word that is like this one (`wordLikeness`, folded) holds at least one as it stands; undefined when nothing of
 * use can be said: short words, in which one wrong letter leaves no piece whole, and words with loose marks.
 *
 * So many letters may differ that of one part more than these each could spoil, one stays as it is. Two neighbours that are
 * swapped across a border spoil two parts at once: then the parts joined, with the swap, are there instead, unless another
 * letter differs in them, and that leaves the third part whole. A common stem is two thirds of the word at least, so it
 * holds the first part.
 */
export function likePieces(word: string): readonly string[] | undefined {
  const letters = word.normalize('NFC');
  if (letters !== word || /\p{M}/u.test(word)) return undefined;
  const parts = lettersThatMayDiffer(letters) + 1;
  const size = Math.floor(letters.length / parts);
  if (size < minPiece) return undefined;
  const borders = Array.from({ length: parts - 1 }, (_each, i) => (i + 1) * size);
  const pieces = [0, ...borders].map((start, i) => letters.slice(start, borders[i] ?? letters.length));
  const swapped = borders.map((border, i) => {
    const from = i * size;
    return swapAt(letters, border).slice(from, borders[i + 1] ?? letters.length);
  });
  const allSwapped = borders.length > 1 ? [borders.reduce(swapAt, letters)] : [];
  return [...pieces, ...swapped, ...allSwapped];
}

/** The letters before and behind the border change places. */
function swapAt(letters: string, border: number): string {
  return letters.slice(0, border - 1) + letters.charAt(border) + letters.charAt(border - 1) + letters.slice(border + 1);
}
