import { expect, test } from 'vitest';
import { defaultSchedule, nextTry, waitsOf } from './schedule.ts';

const minutes = (ms: number): number => ms / 60_000;
const noChance = (): number => 0.5;

test('the default tries at 0, 7.5, 22.5, 52.5, 112.5, 232.5 minutes, and then every four hours', () => {
  let atMs = 0;
  const moments: number[] = [];
  for (let tries = 1; tries <= 7; tries += 1) {
    atMs = nextTry(defaultSchedule, tries, atMs, noChance);
    moments.push(minutes(atMs));
  }
  expect(moments).toEqual([7.5, 22.5, 52.5, 112.5, 232.5, 472.5, 712.5]);
});

test('the waits that a claim is given are those of the schedule', () => {
  expect(waitsOf(defaultSchedule, noChance).map(minutes)).toEqual([7.5, 15, 30, 60, 120, 240]);
});

test('chance moves a try by at most a twentieth of the wait', () => {
  expect(minutes(nextTry(defaultSchedule, 6, 0, () => 0))).toBeCloseTo(228);
  expect(minutes(nextTry(defaultSchedule, 1000, 0, () => 1))).toBeCloseTo(252);
});
