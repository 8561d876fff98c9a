import { expect, test } from 'vitest';
import type { SearchKey } from '../../../wire/imap/search-key.ts';
import { AgeSchedule } from './age-schedule.ts';

const now = 1_000_000;
const older = (seconds: number): SearchKey => ({ kind: 'age', is: 'older', seconds });
const younger = (seconds: number): SearchKey => ({ kind: 'age', is: 'younger', seconds });
const message = (uid: number, receivedSeconds: number) => ({ uid, receivedSeconds });

function scheduleOf(key: SearchKey): AgeSchedule {
  const schedule = AgeSchedule.of(key, now);
  if (schedule === undefined) throw new Error('no schedule');
  return schedule;
}

test('only for searches that look at the age', () => {
  expect(AgeSchedule.of({ kind: 'all' }, now)).toBeUndefined();
  expect(AgeSchedule.of({ kind: 'flag', flag: '\\Seen', set: true }, now)).toBeUndefined();
  const deep: SearchKey = { kind: 'not', key: { kind: 'or', keys: [{ kind: 'all' }, older(5)] } };
  expect(AgeSchedule.of({ kind: 'and', keys: [deep, { kind: 'all' }] }, now)).toBeDefined();
});

test('a message is older when it is just so old, and no longer younger a second later', () => {
  const schedule = scheduleOf({ kind: 'and', keys: [older(100), younger(200)] });
  expect(schedule.endsBefore(now)).toBe(true);
  expect(schedule.nextSeconds).toBe(now);
  schedule.extend(now);
  schedule.add([message(1, now - 90), message(2, now - 190), message(3, now - 500)]);
  expect(schedule.nextSeconds).toBe(now + 10);
  expect(schedule.take(now + 9)).toEqual([]);
  expect(schedule.take(now + 10)).toEqual([1]);
  expect(schedule.nextSeconds).toBe(now + 11);
  expect(schedule.take(now + 11)).toEqual([2]);
  expect(schedule.take(now + 111)).toEqual([1]);
  expect(schedule.nextSeconds).toBe(now + 3601);
});

test('known an hour ahead; what was due before the next look is not lost', () => {
  const schedule = scheduleOf(older(100));
  schedule.extend(now);
  schedule.add([message(1, now + 3500), message(2, now + 3501)]);
  expect(schedule.nextSeconds).toBe(now + 3600);
  expect(schedule.take(now + 3600)).toEqual([1]);
  expect(schedule.endsBefore(now + 3600)).toBe(false);
  // Nobody looked for a day.
  const later = now + 86_400;
  expect(schedule.endsBefore(later)).toBe(true);
  schedule.extend(later);
  schedule.add([message(1, now + 3500), message(2, now + 3501), message(3, later - 50)]);
  expect(schedule.take(later)).toEqual([2]);
  expect(schedule.nextSeconds).toBe(later + 50);
});

test('with very many changes fewer are known ahead, all of one second or none', () => {
  const schedule = scheduleOf(older(100));
  schedule.extend(now);
  const many = Array.from({ length: 30_000 }, (_each, i) => message(i + 1, now - 100 + 1 + Math.floor(i / 3000)));
  schedule.add(many);
  expect(schedule.nextSeconds).toBe(now + 1);
  expect(schedule.horizonSeconds).toBe(now + 3);
  expect(schedule.take(now + 3)).toHaveLength(9000);
  expect(schedule.endsBefore(now + 4)).toBe(true);
  const same = scheduleOf(older(100));
  same.extend(now);
  same.add(Array.from({ length: 30_000 }, (_each, i) => message(i + 1, now)));
  expect(same.horizonSeconds).toBe(now + 100);
  expect(same.take(now + 100)).toHaveLength(30_000);
});
