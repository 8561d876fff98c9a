import { expect, test } from 'vitest';
import { SourceAddresses } from './source-addresses.ts';
import type { Source, WarmUpMemory } from './source-addresses.ts';
import { dayMs, hourMs } from './warm-up-plan.ts';

const plain = (ip: string): Source => ({ ip, ehloName: undefined, warmUp: undefined });
/** 24 on the first day, so one each hour; 12 of them to one destination. */
const cold = (ip: string): Source => ({
  ...plain(ip),
  warmUp: { sinceMs: 0, perDay: 24, growth: 2, upTo: 10_000, perDestination: 50 },
});

function memory(): WarmUpMemory & { readonly asked: string[] } {
  const taken = new Map<string, number>();
  const asked: string[] = [];
  return {
    asked,
    async take({ ip, day, destination, limit, destinationLimit }) {
      asked.push(`${ip} ${destination}`);
      const [all, own] = [`${ip} ${day}`, `${ip} ${day} ${destination}`];
      if ((taken.get(own) ?? 0) >= destinationLimit) return 'destination-used';
      if ((taken.get(all) ?? 0) >= limit) return 'all-used';
      for (const key of [all, own]) taken.set(key, (taken.get(key) ?? 0) + 1);
      return 'taken';
    },
  };
}

function stage(sources: readonly Source[]) {
  const clock = { nowMs: 0 };
  const counts = memory();
  const addresses = new SourceAddresses(sources, counts, () => clock.nowMs);
  const choose = async (destination: string, before?: string, family: 4 | 6 = 4) => {
    const chosen = await addresses.choose({ family, destination, before });
    return typeof chosen === 'object' ? chosen.ip : chosen;
  };
  return { clock, counts, choose };
}

test('by family; none where none is named', async () => {
  const { choose, counts } = stage([plain('192.0.2.1'), plain('2001:db8::1')]);
  expect([await choose('a.test'), await choose('a.test', undefined, 6)]).toEqual(['192.0.2.1', '2001:db8::1']);
  expect(await stage([plain('192.0.2.1')]).choose('a.test', undefined, 6)).toBeUndefined();
  expect(counts.asked).toEqual([]);
});

test('a destination has always the same of several, and all are used; one that goes moves only its own', async () => {
  const ips = ['192.0.2.1', '192.0.2.2', '192.0.2.3'];
  const { choose } = stage(ips.map(plain));
  const fewer = stage(ips.slice(1).map(plain));
  const by = new Map<string | undefined, number>();
  for (let n = 0; n < 300; n++) {
    const destination = `d${n}.test`;
    const chosen = await choose(destination);
    expect(await choose(destination)).toBe(chosen);
    if (chosen !== ips[0]) expect(await fewer.choose(destination)).toBe(chosen);
    by.set(chosen, (by.get(chosen) ?? 0) + 1);
  }
  for (const ip of ips) expect(by.get(ip)).toBeGreaterThan(60);
});

test('what warms up comes first as long as it may, hour by hour; the rest leaves from the others', async () => {
  const { clock, counts, choose } = stage([plain('192.0.2.1'), cold('192.0.2.9')]);
  const hour = async () => [await choose('a.test'), await choose('b.test'), await choose('c.test')];
  expect(await hour()).toEqual(['192.0.2.9', '192.0.2.1', '192.0.2.1']);
  // Once it is known that nothing is left, the store is not asked.
  expect(counts.asked).toEqual(['192.0.2.9 a.test', '192.0.2.9 b.test']);
  clock.nowMs = hourMs;
  expect(await hour()).toEqual(['192.0.2.9', '192.0.2.1', '192.0.2.1']);
  clock.nowMs = dayMs - 1;
  const late: unknown[] = [];
  for (let n = 0; n < 30; n++) late.push(await choose(`d${n}.test`));
  expect(late.filter((ip) => ip === '192.0.2.9')).toHaveLength(22);
});

test('one destination has its part only', async () => {
  const { clock, choose } = stage([plain('192.0.2.1'), cold('192.0.2.9')]);
  clock.nowMs = dayMs - 1;
  const chosen: unknown[] = [];
  for (let n = 0; n < 20; n++) chosen.push(await choose('big.test'));
  expect(chosen.filter((ip) => ip === '192.0.2.9')).toHaveLength(12);
  expect(await choose('other.test')).toBe('192.0.2.9');
  clock.nowMs = dayMs;
  expect(await choose('big.test')).toBe('192.0.2.9');
});

test('a retry leaves from the address that the other side has seen', async () => {
  const { clock, counts, choose } = stage([
    plain('192.0.2.1'),
    plain('192.0.2.2'),
    cold('192.0.2.8'),
    cold('192.0.2.9'),
  ]);
  for (const ip of ['192.0.2.1', '192.0.2.2']) expect(await choose('a.test', ip)).toBe(ip);
  expect(counts.asked).toEqual([]);
  expect(await choose('a.test', '192.0.2.9')).toBe('192.0.2.9');
  expect(await choose('a.test', '192.0.2.8')).toBe('192.0.2.8');
  // An address that was taken out of use is not missed.
  clock.nowMs = 20 * dayMs;
  expect(['192.0.2.1', '192.0.2.2', '192.0.2.8', '192.0.2.9']).toContain(await choose('a.test', '192.0.2.77'));
});

test('when all warm up, mail waits for the next hour; before the first day nothing leaves from there', async () => {
  const { clock, choose } = stage([cold('192.0.2.9')]);
  expect([await choose('a.test'), await choose('a.test')]).toEqual(['192.0.2.9', 'used-up']);
  clock.nowMs = hourMs;
  expect(await choose('a.test')).toBe('192.0.2.9');
  clock.nowMs = -1;
  expect(await choose('a.test')).toBe('used-up');
  // Over: no limit, and nothing is counted.
  clock.nowMs = 9 * dayMs;
  expect([await choose('a.test'), await choose('a.test')]).toEqual(['192.0.2.9', '192.0.2.9']);
});
