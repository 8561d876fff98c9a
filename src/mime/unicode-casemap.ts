// oxlint-disable-next-line no-control-regex
const ASCII = /^[\0-\x7f]*$/;
// oxlint-disable-next-line no-control-regex
const NOT_ASCII = /[^\0-\x7f]/gu;

/** Digraphs with a title case of their own: `ǅ` is neither `Ǆ` nor `ǆ`. */
const DIGRAPHS: ReadonlyMap<string, string> = new Map(
  ['ǄǅǆDž', 'ǇǈǉLj', 'ǊǋǌNj', 'ǱǲǳDz'].flatMap((each) => {
    const [upper = '', title = '', lower = '', ...letters] = each;
    return [upper, title, lower].map((form): [string, string] => [form, letters.join('').normalize('NFKD')]);
  }),
);

/**
 * The sort key of a text under the collation i;unicode-casemap (RFC 5051): two keys compare with `<` as the collation orders
 * the texts. Title case of each character by itself, then compatibility decomposition, then UTF-8, one character an octet.
 */
export function unicodeCasemap(text: string): string {
  if (ASCII.test(text)) return text.toUpperCase();
  const mapped = text
    .toWellFormed()
    .replace(/[a-z]+/g, (letters) => letters.toUpperCase())
    .replace(NOT_ASCII, titleCase);
  return Buffer.from(mapped.normalize('NFKD'), 'utf8').toString('latin1');
}

/** The simple title case mapping: one code point for one. */
function titleCase(char: string): string {
  const digraph = DIGRAPHS.get(char);
  if (digraph !== undefined) return digraph;
  // Georgian letters are their own title case, though they have capitals.
  if (char >= '\u10d0' && char <= '\u10ff') return char;
  const upper = char.toUpperCase();
  return upper.length === String.fromCodePoint(upper.codePointAt(0) ?? 0).length ? upper : char;
}
