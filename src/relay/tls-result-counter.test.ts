import { expect, test } from 'vitest';
import { silentLog } from '../base/log.ts';
import type { TlsFact } from './tls-report.ts';
import { TlsResultCounter } from './tls-result-counter.ts';
import type { CountedTlsResult } from './tls-result-counter.ts';

const fact: TlsFact = {
  ...{ recipientDomain: 'a.test', policyType: 'sts', policyDomain: 'a.test', policyString: ['mode: enforce'] },
  ...{ mxPatterns: ['mx.a.test'], result: 'success', receivingMx: 'mx.a.test', receivingIp: '192.0.2.1' },
  reason: undefined,
};
function stage() {
  const kept: CountedTlsResult[] = [];
  const state = { now: 10 * 86_400_000, forgotten: 0, isDown: false };
  const memory = {
    async add(results: readonly CountedTlsResult[], before: number) {
      if (state.isDown) throw new Error('down');
      kept.push(...results);
      state.forgotten = before;
    },
  };
  const counter = new TlsResultCounter({ memory, now: () => state.now, log: silentLog, flushMs: 1e9 });
  return { counter, kept, state };
}

test('equal facts of a day are one, with a count', async () => {
  const { counter, kept, state } = stage();
  counter.record(fact);
  counter.record(fact);
  counter.record({ ...fact, result: 'certificate-expired' });
  state.now += 86_400_000;
  counter.record(fact);
  await counter.flush();
  expect(kept.map(({ day, domain, count }) => [day, domain, count])).toEqual([
    [10, 'a.test', 2],
    [10, 'a.test', 1],
    [11, 'a.test', 1],
  ]);
  expect(new Set(kept.map(({ key }) => key)).size).toBe(2);
  expect(JSON.parse(kept[0]?.facts ?? '')).toMatchObject({ policyType: 'sts', receivingMx: 'mx.a.test' });
  expect(state.forgotten).toBe(8);
});

test('nothing is kept twice', async () => {
  const { counter, kept } = stage();
  counter.record(fact);
  await Promise.all([counter.flush(), counter.flush()]);
  expect(kept).toHaveLength(1);
});

test('a domain whose sessions all differ gets counts without details', async () => {
  const { counter, kept } = stage();
  for (let n = 0; n < 1000; n++) counter.record({ ...fact, receivingIp: `2001:db8::${n}`, reason: `${n}` });
  await counter.flush();
  expect(kept).toHaveLength(101);
  expect(kept.at(-1)?.count).toBe(900);
});

test('a store that is away does no harm', async () => {
  const { counter, kept, state } = stage();
  state.isDown = true;
  counter.record(fact);
  await counter.flush();
  state.isDown = false;
  counter.record(fact);
  await counter.flush();
  expect(kept).toHaveLength(1);
});
