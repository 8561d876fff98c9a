import { expect, test } from 'vitest';
import type { SearchReturn } from '../../../wire/imap/search-key.ts';
import { toldPart } from './told-part.ts';

const found = Uint32Array.of(7, 2, 9, 4);

for (const [returns, page, want] of [
  [undefined, undefined, [7, 2, 9, 4]],
  [['SAVE'], undefined, [7, 2, 9, 4]],
  [['MIN'], undefined, [7]],
  [['MIN', 'MAX', 'SAVE'], undefined, [7, 4]],
  [['MIN', 'COUNT'], undefined, [7, 2, 9, 4]],
  [['PARTIAL'], [2, 9], [2, 9]],
  [
    ['PARTIAL', 'MIN', 'MAX'],
    [2, 9],
    [7, 2, 9, 4],
  ],
  [
    ['PARTIAL', 'MAX'],
    [9, 4],
    [9, 4],
  ],
  [['PARTIAL', 'MIN'], [], [7]],
  [['PARTIAL', 'COUNT'], [2], [7, 2, 9, 4]],
] as const) {
  test(`${String(returns)} of page ${String(page)}`, () => {
    const set = returns === undefined ? undefined : new Set<SearchReturn>(returns);
    expect([...toldPart(found, page && Uint32Array.from(page), set)]).toEqual(want);
  });
}

test('nothing found', () => {
  expect([...toldPart(new Uint32Array(), undefined, new Set(['MIN', 'MAX']))]).toEqual([]);
});
