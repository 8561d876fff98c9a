import { expect, test } from 'vitest';
import { Destination } from './destination.ts';

const limits = { firstConcurrency: 4, maxConcurrency: 6, perMinute: undefined };

function run(destination: Destination, how: 'served' | 'failed' | 'nothing', nowMs = 0, times = 1): void {
  for (let i = 0; i < times; i += 1) {
    destination.begin();
    destination.end(how, nowMs);
  }
}

test('concurrency grows with each full round of successes, up to the most', () => {
  const destination = new Destination('one.example', limits);
  run(destination, 'served', 0, 3);
  expect(destination.concurrency).toBe(4);
  run(destination, 'served');
  expect(destination.concurrency).toBe(5);
  run(destination, 'served', 0, 100);
  expect(destination.concurrency).toBe(6);
  destination.begin();
  expect(destination.free(0)).toBe(5);
});

test('it halves with each failed connection; after three in a row there is a rest, longer each time', () => {
  const destination = new Destination('one.example', limits);
  run(destination, 'failed', 0, 2);
  expect(destination.concurrency).toBe(1);
  expect(destination.free(0)).toBe(1);
  run(destination, 'failed', 1000);
  expect(destination.free(1000)).toBe(0);
  expect(destination.freeAtMs(1000)).toBe(61_000);
  expect(destination.free(61_000)).toBe(1);
  run(destination, 'failed', 61_000);
  expect(destination.freeAtMs(61_000)).toBe(181_000);
  run(destination, 'served', 181_000);
  expect(destination.isSuspect).toBe(false);
  expect(destination.free(181_000)).toBeGreaterThan(0);
});

test('what says nothing about the destination changes nothing', () => {
  const destination = new Destination('one.example', limits);
  run(destination, 'nothing', 0, 50);
  expect(destination.concurrency).toBe(4);
  expect(destination.free(0)).toBe(4);
});

test('a rate allows so many in a minute, spread over it once the first are used up', () => {
  const destination = new Destination('one.example', { ...limits, perMinute: 3 });
  expect(destination.free(0)).toBe(3);
  run(destination, 'nothing', 0, 3);
  expect(destination.free(0)).toBe(0);
  expect(destination.freeAtMs(0)).toBe(20_000);
  expect(destination.free(20_000)).toBe(1);
  expect(destination.free(600_000)).toBe(3);
});

test('a paused destination has nothing free', () => {
  const destination = new Destination('one.example', limits);
  destination.isPaused = true;
  expect(destination.free(0)).toBe(0);
});

test('limits that change hold at once', () => {
  const destination = new Destination('one.example', limits);
  destination.useLimits({ firstConcurrency: 4, maxConcurrency: 2, perMinute: 1 });
  expect(destination.free(60_000)).toBe(1);
  destination.begin();
  expect(destination.free(60_000)).toBe(0);
  destination.useLimits(limits);
  expect(destination.free(60_000)).toBe(1);
});
