import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wordLikeness } from './word-likeness.ts';

describe('how alike words are', () => {
  for (const [wanted, word, likeness] of [
    ['hello', 'hello', 1],
    ['swim', 'swimming', 0.9],
    ['invoiced', 'invoices', 0.8],
    ['delivery', 'deliveries', 0.8],
    ['deliver', 'deliverer', 0.9],
    ['helo', 'help', 0.7],
    ['helo', 'hello', 0.7],
    ['helo', 'hole', 0],
    ['teh', 'the', 0],
    ['wrold', 'world', 0.7],
    ['recieve', 'receive', 0.7],
    ['acommodate', 'accommodation', 0],
    ['acomodate', 'accommodate', 0.5],
    ['internal', 'interest', 0],
    ['ab', 'abc', 0],
    ['abc', 'abd', 0],
    ['größe', 'grösse', 0],
    ['x'.repeat(50), 'x'.repeat(49), 0],
  ] as const) {
    test(`${wanted.slice(0, 12)} and ${word.slice(0, 14)}`, () => expect(wordLikeness(wanted, word)).toBe(likeness));
  }

  test('one wrong letter anywhere in a word of four to seven', () => {
    const letters = fc.constantFrom(...'abcdefgh');
    fc.assert(
      fc.property(fc.array(letters, { minLength: 4, maxLength: 7 }), fc.nat(), letters, (word, where, letter) => {
        const wrong = [...word];
        wrong[where % word.length] = letter;
        expect(wordLikeness(word.join(''), wrong.join(''))).toBeGreaterThanOrEqual(0.7);
      }),
    );
  });
});
