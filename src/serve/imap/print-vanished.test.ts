import { expect, test } from 'vitest';
import { printVanished, printVanishedRanges } from './print-vanished.ts';

test('neighbours are joined; nothing for none', () => {
  expect(printVanished([])).toBe('');
  expect(printVanished([1, 2, 3, 7, 9, 10])).toBe('* VANISHED 1:3,7,9:10\r\n');
  expect(printVanishedRanges([[4, 4]], true)).toBe('* VANISHED (EARLIER) 4\r\n');
});

test('lines stay below 4 KiB, and name each uid once', () => {
  const ranges = Array.from({ length: 2000 }, (_each, i) => [4_294_000_000 + 4 * i, 4_294_000_001 + 4 * i] as const);
  const lines = printVanishedRanges(ranges, true).split('\r\n').slice(0, -1);
  for (const line of lines) expect(line.length).toBeLessThan(4096);
  const sets = lines.map((line) => line.replace('* VANISHED (EARLIER) ', ''));
  expect(sets.join(',')).toBe(ranges.map(([first, last]) => `${first}:${last}`).join(','));
});
