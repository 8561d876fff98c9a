import { describe, expect, test } from 'vitest';
import { classKeys } from './address-class.ts';
import { createConnectionLimits, createExemptions, createFailureLimiter, RateLimiter } from './limits.ts';

class TestClock {
  ms = 1_000_000_000;
  now(): number {
    return this.ms;
  }
}

describe('address classes', () => {
  for (const [one, other, same] of [
    ['192.0.2.1', '192.0.2.1', 3],
    ['192.0.2.1', '192.0.2.2', 2],
    ['192.0.2.1', '192.0.2.63', 2],
    ['192.0.2.1', '192.0.2.64', 1],
    ['192.0.2.1', '192.0.7.255', 1],
    ['192.0.0.1', '192.0.8.1', 0],
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff::', 3],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', 2],
    ['2001:db8:1::1', '2001:db8:2::1', 1],
    ['2001:db8::1', '2001:db9::1', 0],
    ['::ffff:192.0.2.1', '192.0.2.1', 3],
    ['fe80::1%eth0', 'fe80::2', 3],
  ] as const) {
    test(`${one} and ${other} share ${same}`, () => {
      const a = classKeys(one);
      const b = classKeys(other);
      expect(a.filter((key, index) => key === b[index]).length).toBe(same);
    });
  }
});

describe('RateLimiter', () => {
  const window = { lengthMs: 60_000, limits: [2, 3, 4] } as const;

  test('refuses above the limit of each class, and then counts nothing', () => {
    const limiter = new RateLimiter([window], undefined, new TestClock());
    expect([1, 2, 3].map(() => limiter.add('192.0.2.1'))).toEqual([true, true, false]);
    expect([1, 2].map(() => limiter.add('192.0.2.2'))).toEqual([true, false]);
    expect([1, 2].map(() => limiter.add('192.0.3.1'))).toEqual([true, false]);
    expect(limiter.add('192.0.9.1')).toBe(true);
  });

  test('a new window starts from nothing', () => {
    const clock = new TestClock();
    const limiter = new RateLimiter([window], undefined, clock);
    limiter.add('192.0.2.1', 2);
    expect(limiter.mayAdd('192.0.2.1')).toBe(false);
    clock.ms += 60_000;
    expect(limiter.mayAdd('192.0.2.1')).toBe(true);
  });

  test('reset takes only the own count out of the network', () => {
    const limiter = new RateLimiter([window], undefined, new TestClock());
    limiter.add('192.0.2.1', 2);
    limiter.add('192.0.2.2');
    limiter.reset('192.0.2.1');
    expect([1, 2, 3].map(() => limiter.add('192.0.2.3'))).toEqual([true, true, false]);
  });

  test('memory is bounded: beyond it only the wider classes count', () => {
    const limiter = new RateLimiter([{ lengthMs: 60_000, limits: [1, 1000, 5] }], undefined, new TestClock(), 2);
    const added = Array.from({ length: 8 }, (_, i) => limiter.add(`192.0.2.${i}`));
    expect(added).toEqual([true, true, true, true, true, false, false, false]);
  });

  test('exempt networks are not counted', () => {
    const exempt = createExemptions(['127.0.0.0/8', '2001:db8::/32', '192.0.2.1']);
    const limiter = new RateLimiter([window], exempt, new TestClock());
    for (const address of ['127.1.2.3', '::ffff:127.0.0.1', '2001:db8::1', '192.0.2.1']) {
      expect(Array.from({ length: 9 }, () => limiter.add(address)).every(Boolean)).toBe(true);
    }
    expect(limiter.add('192.0.2.2', 3)).toBe(false);
  });

  for (const wrong of ['', 'x', '127.0.0.1/33', '::1/129', '127.0.0.1/8/8', '127.0.0.1/', '127.0.0.1/-1']) {
    test(`refuses the network ${JSON.stringify(wrong)}`, () =>
      expect(() => createExemptions([wrong])).toThrow(TypeError));
  }
});

test('connection limits count what is open and how fast it comes', () => {
  const clock = new TestClock();
  const limits = createConnectionLimits({ open: [2, 9, 9], perMinute: [5, 9, 9], clock });
  expect([1, 2, 3].map(() => limits.admit('192.0.2.1'))).toEqual([true, true, false]);
  limits.release('192.0.2.1');
  expect([1, 2].map(() => limits.admit('192.0.2.1'))).toEqual([true, false]);
  limits.release('192.0.2.1');
  limits.release('192.0.2.1');
  expect([1, 2].map(() => limits.admit('192.0.2.1'))).toEqual([true, true]);
  limits.release('192.0.2.1');
  expect(limits.admit('192.0.2.1')).toBe(false);
  clock.ms += 60_000;
  expect(limits.admit('192.0.2.1')).toBe(true);
});

test('failed logins: 10 a minute and 50 a day by default, cleared by success', () => {
  const clock = new TestClock();
  const failures = createFailureLimiter({ clock });
  const attempts = (n: number) => Array.from({ length: n }, () => failures.attempt('192.0.2.1')).filter(Boolean).length;
  expect(attempts(12)).toBe(10);
  expect(failures.blocked('192.0.2.1')).toBe(true);
  failures.reset('192.0.2.1');
  expect(failures.blocked('192.0.2.1')).toBe(false);
  let day = 0;
  for (let minute = 0; minute < 8; minute++, clock.ms += 60_000) day += attempts(10);
  expect(day).toBe(50);
});

test('an attempt that was nobody’s failure is taken back alone', () => {
  const failures = createFailureLimiter({ perMinute: [2, 9, 9], clock: new TestClock() });
  const attempts = (n: number) => Array.from({ length: n }, () => failures.attempt('192.0.2.1'));
  expect(attempts(2)).toEqual([true, true]);
  failures.takeBack('192.0.2.1');
  expect(attempts(2)).toEqual([true, false]);
  failures.takeBack('192.0.2.7');
  expect(failures.attempt('192.0.2.7')).toBe(true);
});

test('a known address is held to its own failures alone, not to those of its networks', () => {
  const failures = createFailureLimiter({ perMinute: [2, 4, 9], clock: new TestClock() });
  for (let n = 1; n <= 4; n++) failures.attempt(`192.0.2.${n}`);
  expect([failures.blocked('192.0.2.9'), failures.blocked('192.0.2.9', true)]).toEqual([true, false]);
  expect([1, 2, 3].map(() => failures.attempt('192.0.2.9', true))).toEqual([true, true, false]);
});

test('failures of today are counted again after a restart, as far as they fit', () => {
  const failures = createFailureLimiter({ perDay: [5, 100, 100], clock: new TestClock() });
  failures.restore('192.0.2.1', 4);
  expect([1, 2].map(() => failures.attempt('192.0.2.1'))).toEqual([true, false]);
  failures.restore('192.0.2.2', 1_000_000);
  expect(failures.blocked('192.0.2.2')).toBe(true);
});

test('other limits hold at once, for what was counted before too', () => {
  const failures = createFailureLimiter({ perMinute: [5, 100, 100], clock: new TestClock() });
  for (let n = 0; n < 3; n++) failures.attempt('192.0.2.1');
  failures.useLimits({ perMinute: [3, 100, 100] });
  expect([failures.blocked('192.0.2.1'), failures.blocked('192.0.2.2')]).toEqual([true, false]);
  failures.useLimits({ perMinute: [4, 100, 100] });
  expect([1, 2].map(() => failures.attempt('192.0.2.1'))).toEqual([true, false]);
  failures.useLimits({ perMinute: [4, 100, 100], exempt: createExemptions(['192.0.2.0/24']) });
  expect(failures.blocked('192.0.2.1')).toBe(false);
});
