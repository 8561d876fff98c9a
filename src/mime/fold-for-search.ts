/** Letters whose capital has another small letter. The iota below a vowel, as a mark of its own, is one. */
const oddSmall = /\u0345|[\u0131\u1c80-\u1c88]/g;

/**
 * The one folding of substring search, for the index, the texts and the queries alike: two texts that fold to the same are
 * the same to a search. All that the collation i;unicode-casemap makes equal is equal (RFC 5051 section 2, for which RFC 5255
 * section 4.6 asks): compatibility decomposition, then small letters, context-free. So a letter is found without the marks
 * on it, full-width letters are letters, both small sigmas are one, and the dotless i of Turkish is an `i`. More is equal
 * than the collation says: the dotted capital I and the dotless i of mathematics are an `i` too, and what is a letter after
 * decomposition only (`ﬁ`, `ª`, bold letters of mathematics) has no case, which the collation misses since it takes the two
 * steps the other way round. `ß` stays. Idempotent; of well-formed text it makes well-formed text.
 */
export function foldForSearch(text: string): string {
  // Only ASCII has as many octets as characters; counting them is ten times faster than a regular expression.
  if (Buffer.byteLength(text) === text.length) return text.toLowerCase();
  return (
    text
      .replace(oddSmall, (letter) => letter.toUpperCase())
      .normalize('NFKD')
      .toLowerCase()
      .replaceAll('ς', 'σ')
      .replaceAll('\u0345', 'ι')
      // Left by the decomposition of the dotless i of mathematics; folded again, it would become an `i`.
      .replaceAll('ı', 'i')
      .replace(/i\u0307+/g, 'i')
  );
}
