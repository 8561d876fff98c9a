import fc from 'fast-check';
import { expect, test } from 'vitest';
import { likePieces } from './fuzzy-pieces.ts';
import { wordLikeness } from './word-likeness.ts';

test('parts of a word, and what a swap across their borders makes of them', () => {
  expect(likePieces('cat')).toEqual(['cat']);
  expect(likePieces('parcel')).toEqual(['par', 'cel', 'pacrel']);
  expect(likePieces('abcdefghi')).toEqual(['abc', 'def', 'ghi', 'abdcef', 'defghi'.replace('fg', 'gf'), 'abdcegfhi']);
});

test('nothing of use', () => {
  for (const word of ['', 'ab', 'four', 'fives', 'eightish'.slice(0, 8), 'e\u0301tudes'])
    expect(likePieces(word), word).toBeUndefined();
});

const letter = fc.constantFrom('a', 'b', 'c', 'd');
const edit = fc.record({ kind: fc.constantFrom('change', 'insert', 'remove', 'swap'), at: fc.nat(30), letter });

function edited(word: string, { kind, at, letter: other }: { kind: string; at: number; letter: string }): string {
  const place = at % (word.length + 1);
  const [before, here, next, behind] = [
    word.slice(0, place),
    word.charAt(place),
    word.charAt(place + 1),
    word.slice(place + 2),
  ];
  if (kind === 'insert') return before + other + word.slice(place);
  if (kind === 'remove') return before + next + behind;
  return kind === 'swap' ? before + next + here + behind : before + other + next + behind;
}

test('every word that is alike holds one of the pieces', () => {
  const words = fc.string({ unit: letter, minLength: 3, maxLength: 14 });
  const ending = fc.string({ unit: letter, maxLength: 3 });
  let alike = 0;
  fc.assert(
    fc.property(words, fc.array(edit, { maxLength: 2 }), ending, (wanted, edits, end) => {
      const pieces = likePieces(wanted);
      if (pieces === undefined) return;
      const stem = wanted.slice(0, wanted.length - end.length) + end;
      for (const word of [edits.reduce(edited, wanted), stem, wanted + end]) {
        if (wordLikeness(wanted, word) === 0) continue;
        alike++;
        expect(
          pieces.some((piece) => word.includes(piece)),
          `${wanted} ${word}`,
        ).toBe(true);
      }
    }),
    { numRuns: 20_000 },
  );
  expect(alike).toBeGreaterThan(10_000);
});
