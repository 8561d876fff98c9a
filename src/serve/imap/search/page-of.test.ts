import { describe, expect, test } from 'vitest';
import { pageOf, pageOfRanges } from './page-of.ts';

const found = Uint32Array.of(10, 20, 30, 40, 50);

describe('PARTIAL', () => {
  for (const [first, last, want] of [
    [1, 2, [10, 20]],
    [2, 1, [10, 20]],
    [4, 9, [40, 50]],
    [6, 9, []],
    [1, 4_294_967_295, [10, 20, 30, 40, 50]],
    [-1, -1, [50]],
    [-1, -2, [40, 50]],
    [-2, -1, [40, 50]],
    [-4, -9, [10, 20]],
    [-6, -9, []],
  ] as const) {
    test(`${first}:${last}`, () => {
      expect([...pageOf(found, { first, last })]).toEqual(want);
      const ranges = pageOfRanges(
        [
          [10, 11],
          [20, 22],
        ],
        { first, last },
      );
      const positions = ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_each, i) => from + i));
      const all = [10, 11, 20, 21, 22];
      expect(positions).toEqual(want.map((value) => all[[...found].indexOf(value)]));
    });
  }
});
