import { expect, test } from 'vitest';
import { AccountDelays } from './account-delays.ts';

const hour = 3_600_000;

function failing(times: number, nowMs = 0): AccountDelays {
  const delays = new AccountDelays();
  delays.failed('ann', nowMs, times);
  return delays;
}

test.each([
  [0, 0],
  [4, 0],
  [5, 500],
  [6, 1000],
  [8, 4000],
  [10, 16_000],
  [11, 30_000],
  [1000, 30_000],
])('after %i failures an attempt waits %i ms', (failures, waitMs) => {
  expect(failing(failures).take('ann', 0)).toBe(waitMs);
});

test('nobody else waits', () => expect(failing(100).take('bob', 0)).toBe(0));

test('attempts at once wait for each other, up to a minute, then are refused', () => {
  const delays = failing(10);
  expect(Array.from({ length: 5 }, () => delays.take('ann', 0))).toEqual([
    16_000,
    32_000,
    48_000,
    undefined,
    undefined,
  ]);
  // Ten failures have faded to a little less, which is half the delay.
  expect(delays.take('ann', 20_000)).toBe(28_000 + 8000);
});

test('failures count half after an hour', () => {
  const delays = failing(8);
  expect(delays.take('ann', hour)).toBe(0);
  delays.failed('ann', hour, 2);
  expect(delays.take('ann', hour)).toBe(1000);
});

test('so many logins are kept in mind, those that failed lately', () => {
  const delays = failing(10);
  delays.failed('bob', 0, 10);
  for (let n = 0; n < 19_999; n++) delays.failed(`x${n}`, 0);
  expect([delays.take('ann', 0), delays.take('bob', 0)]).toEqual([0, 16_000]);
});
