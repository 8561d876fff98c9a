import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldForSearch } from './fold-for-search.ts';
import { unicodeCasemap } from './unicode-casemap.ts';

/** What the collation makes of a text, in small letters: two texts that are equal to it are equal here. */
const collated = (text: string) =>
  Buffer.from(unicodeCasemap(text), 'latin1')
    .toString('utf8')
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .replaceAll('\u0345', 'ι')
    .replaceAll('ı', 'i')
    .replace(/i\u0307+/g, 'i');

test('what i;unicode-casemap makes equal is equal: every character of Unicode', () => {
  for (let code = 0; code < 0x110000; code++) {
    if (code >= 0xd800 && code < 0xe000) continue;
    const char = String.fromCodePoint(code);
    if (foldForSearch(char) !== collated(char)) expect.fail(`U+${code.toString(16)} ${foldForSearch(char)}`);
  }
});

const texts = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc
    .array(fc.constantFrom(...'aAiIıİßẞσςΣéÉ\u0301\u0323\u0345ᾳᾼǅǆﬁ한하', '\uff9e', 'ｶ', ' '))
    .map((chars) => chars.join('')),
);

test('and every text; the folding is its own folding, and is cut where texts are', () => {
  fc.assert(
    fc.property(texts, texts, (text, other) => {
      const folded = foldForSearch(text);
      expect(folded).toBe(collated(text));
      expect(foldForSearch(folded)).toBe(folded);
      expect(foldForSearch(`${text} ${other}`)).toBe(`${folded} ${foldForSearch(other)}`);
    }),
    { numRuns: 1000 },
  );
});

describe('finds', () => {
  for (const [needle, text, found] of [
    ['grösse', 'GRÖSSE', true],
    ['grosse', 'Größe', false],
    ['cafe', 'Café', true],
    ['café', 'Cafe', false],
    ['café', 'CAFE\u0301', true],
    ['οδος', 'ΟΔΟΣ', true],
    ['οδοσ', 'Οδος', true],
    ['istanbul', 'İSTANBUL', true],
    ['istanbul', 'ıstanbul', true],
    ['ı', '\u{1d6a4}', true],
    ['ABC', 'ａｂｃ', true],
    ['file', 'ﬁle', true],
    ['ǆ', 'Ǆ', true],
  ] as const) {
    test(`${needle} in ${text}: ${found}`, () =>
      expect(foldForSearch(text).includes(foldForSearch(needle))).toBe(found));
  }
});
