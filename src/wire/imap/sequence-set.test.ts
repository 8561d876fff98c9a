import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normalizeRanges, printNumbers, printSequenceSet, star } from './sequence-set.ts';
import { read } from './read.ts';

for (const [ranges, largest, want] of [
  [[[1, 3]], 9, [[1, 3]]],
  [[[3, 1]], 9, [[1, 3]]],
  [[[5, star]], 9, [[5, 9]]],
  // The largest number is named even when the other end is beyond it.
  [[[12, star]], 9, [[9, 12]]],
  [[[star, star]], 9, [[9, 9]]],
  [
    [
      [4, 5],
      [1, 2],
      [3, 3],
    ],
    9,
    [[1, 5]],
  ],
  [
    [
      [1, 9],
      [2, 3],
      [5, 5],
    ],
    9,
    [[1, 9]],
  ],
  [
    [
      [1, 1],
      [3, 3],
    ],
    9,
    [
      [1, 1],
      [3, 3],
    ],
  ],
] as [[number, number][], number, [number, number][]][]) {
  test(`normalize ${JSON.stringify(ranges)}`, () => expect(normalizeRanges(ranges, largest)).toEqual(want));
}

test('a million overlapping ranges are merged', () => {
  const ranges = Array.from({ length: 200_000 }, () => [1, star] as const);
  expect(normalizeRanges(ranges, 7)).toEqual([[1, 7]]);
});

test('numbers are printed as ranges', () => {
  expect(printNumbers([])).toBe('');
  expect(printNumbers([1, 2, 3, 7, 9, 10])).toBe('1:3,7,9:10');
});

test('printed sets are read again', () => {
  const number = fc.oneof(fc.integer({ min: 1, max: 0xffffffff }), fc.constant(star));
  fc.assert(
    fc.property(fc.array(fc.tuple(number, number), { minLength: 1 }), (ranges) => {
      const set = { kind: 'ranges' as const, ranges };
      expect(read(printSequenceSet(set), (r) => r.expectSequenceSet())).toEqual({ ok: true, value: set });
    }),
  );
});
