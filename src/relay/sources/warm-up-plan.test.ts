import { expect, test } from 'vitest';
import { dayMs, hourMs, stageOf } from './warm-up-plan.ts';

const plan = { sinceMs: 100 * dayMs, perDay: 50, growth: 1.5, upTo: 1000, perDestination: 25 };
const at = (day: number, hour = 23) => stageOf(plan, (100 + day) * dayMs + hour * hourMs);

test('grows from day to day until it is over', () => {
  expect(at(-1)).toEqual({ kind: 'not-begun' });
  const days = Array.from({ length: 8 }, (_, day) => at(day)).map((each) =>
    each.kind === 'warming' ? [each.day, each.today, each.perDestination] : each.kind,
  );
  expect(days).toEqual([
    [1, 50, 12],
    [2, 75, 18],
    [3, 112, 28],
    [4, 168, 42],
    [5, 253, 63],
    [6, 379, 94],
    [7, 569, 142],
    [8, 854, 213],
  ]);
  expect([at(8), at(5000)]).toEqual([{ kind: 'warm' }, { kind: 'warm' }]);
});

test('each hour adds its part', () => {
  const parts = Array.from({ length: 24 }, (_, hour) => at(0, hour)).map((each) => ('byNow' in each ? each.byNow : 0));
  expect(parts[0]).toBe(3);
  expect(parts[11]).toBe(25);
  expect(parts.at(-1)).toBe(50);
  expect(parts.toSorted((a, b) => a - b)).toEqual(parts);
});

test('one destination may always have one', () => {
  expect(stageOf({ ...plan, perDay: 1 }, plan.sinceMs)).toMatchObject({ today: 1, perDestination: 1, byNow: 1 });
});
