import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  intersectRanges,
  keepPositions,
  mergePositions,
  positionsBetween,
  positionsToRanges,
  subtractPositions,
} from './position-list.ts';

const positions = fc.uniqueArray(fc.nat(60)).map((all) => Uint32Array.from(all).sort());

describe('positions as sets', () => {
  test('a part, the rest, and both again', () => {
    fc.assert(
      fc.property(positions, fc.nat(6), (all, modulus) => {
        const some = keepPositions(all, (position) => position % (modulus + 1) === 0);
        const rest = subtractPositions(all, some);
        expect([...some]).toEqual([...all].filter((position) => position % (modulus + 1) === 0));
        expect([...rest]).toEqual([...all].filter((position) => position % (modulus + 1) !== 0));
        expect([...mergePositions(some, rest)]).toEqual([...all]);
        expect([...mergePositions(rest, some)]).toEqual([...all]);
      }),
    );
  });

  test('ranges of them name the same ones', () => {
    fc.assert(
      fc.property(positions, positions, (a, b) => {
        const ranges = positionsToRanges(b);
        expect(ranges.flatMap(([first, last]) => [...positionsBetween(first, last + 1)])).toEqual([...b]);
        expect([...intersectRanges(a, ranges)]).toEqual([...a].filter((position) => b.includes(position)));
      }),
    );
  });
});
