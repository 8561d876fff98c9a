/** Longest word that is compared letter by letter. */
const maxLength = 40;

/**
 * How alike a word of a text is to one that is looked for, both folded: 1 the same, 0 not alike. Between them: the text's
 * word begins with it, both have the same stem, or a few letters are wrong, missing, too many or swapped: none in words
 * of up to three letters, one in words of up to seven, two in longer ones.
 */
export function wordLikeness(foldedWanted: string, foldedWord: string): number {
  // Folding takes marks off their letters; here a letter is one with its marks.
  const wanted = foldedWanted.normalize('NFC');
  const word = foldedWord.normalize('NFC');
  if (wanted === word) return 1;
  if (wanted.length >= 3 && word.startsWith(wanted)) return 0.9;
  if (wanted.length > maxLength || word.length > maxLength) return 0;
  if (haveOneStem(wanted, word)) return 0.8;
  const allowed = lettersThatMayDiffer(wanted);
  if (Math.abs(wanted.length - word.length) > allowed) return 0;
  const wrong = letterDistance(wanted, word, allowed);
  return wrong > allowed ? 0 : wrong === 1 ? 0.7 : 0.5;
}

/** Letters that may be wrong, missing, too many or swapped in a word (NFC). */
export function lettersThatMayDiffer({ length }: string): number {
  return length <= 3 ? 0 : length <= 7 ? 1 : 2;
}

/** Short endings after a common beginning of at least four letters and twice their length: `invoiced`, `invoices`. */
function haveOneStem(a: string, b: string): boolean {
  let common = 0;
  while (common < a.length && common < b.length && a[common] === b[common]) common += 1;
  const ending = Math.max(a.length, b.length) - common;
  return common >= 4 && ending <= 3 && common >= 2 * ending;
}

/**
 * Letters to change, insert, remove or swap with their neighbour until one word is the other (optimal string alignment);
 * `limit + 1` as soon as it is more than `limit`.
 */
function letterDistance(a: string, b: string, limit: number): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_each, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (isSame ? 0 : 1));
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwapped) cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
      least = Math.min(least, cost);
    }
    if (least > limit) return limit + 1;
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
