import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Store } from '../store.ts';

/** Every engine passes this. `open` gives an empty store. */
export function describeRelay(name: string, open: () => Promise<Store>): void {
  describe(`what deliveries leave behind, on ${name}`, () => {
    let store: Store;
    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store.close());

    const policy = (domain: string, fetchedAtMs: number, usedAtMs = fetchedAtMs) => ({
      ...{ domain, fetchedAtMs, usedAtMs, facts: `{"at":${fetchedAtMs}}` },
    });
    const result = (domain: string, key: string, count: number, day = 1) => ({ day, domain, key, count, facts: key });
    const results = async (day: number, after = { domain: '', key: '' }, limit = 100) => {
      const rows = await store.relay.tlsResults(day, { after, limit });
      return rows.map(({ domain, key, count }) => `${domain} ${key} ${count}`);
    };

    test('the last policy of a domain is the one that is kept', async () => {
      await store.relay.keep({ policies: [policy('a.test', 1), policy('b.test', 2)] });
      await store.relay.keep({ policies: [policy('a.test', 5, 6)] });
      expect(await store.relay.policy('a.test')).toEqual(policy('a.test', 5, 6));
      expect(await store.relay.policy('c.test')).toBeUndefined();
    });

    test('policies are due by age, as long as they are used; those nobody uses go', async () => {
      await store.relay.keep({ policies: [policy('old.test', 10, 10), policy('used.test', 9, 100)] });
      const due = await store.relay.duePolicies(50, 10, 10);
      expect(due.map(({ domain }) => domain)).toEqual(['used.test', 'old.test']);
      await store.relay.keep({ forgetPoliciesUsedBeforeMs: 50 });
      expect(await store.relay.policy('old.test')).toBeUndefined();
      expect(await store.relay.policy('used.test')).toBeDefined();
    });

    test('what leaves from an address that warms up is counted up to its limits, exactly', async () => {
      const want = { ip: '192.0.2.1', day: 9, limit: 5, destinationLimit: 3 };
      const take = (destination: string, more = {}) => store.relay.takeWarmUp({ ...want, destination, ...more });
      const first = await Promise.all(Array.from({ length: 8 }, () => take('a.test')));
      expect(first.filter((answer) => answer === 'taken')).toHaveLength(3);
      expect(new Set(first)).toEqual(new Set(['taken', 'destination-used']));
      const second = await Promise.all(Array.from({ length: 4 }, () => take('b.test')));
      expect(second.toSorted()).toEqual(['all-used', 'all-used', 'taken', 'taken']);
      // What was refused left no trace: with more for the day, the destination has its whole part.
      expect(await take('b.test', { limit: 6 })).toBe('taken');
      expect(await take('b.test', { limit: 9 })).toBe('destination-used');
      expect(await take('c.test', { limit: 0 })).toBe('all-used');
      expect(await take('a.test', { ip: '192.0.2.2' })).toBe('taken');
      expect(await store.relay.warmUps(['192.0.2.1', '192.0.2.3'], 9)).toEqual([
        { ip: '192.0.2.1', destination: undefined, taken: 6 },
        { ip: '192.0.2.1', destination: 'a.test', taken: 3 },
        { ip: '192.0.2.1', destination: 'b.test', taken: 3 },
      ]);
      expect(await take('a.test', { day: 20 })).toBe('taken');
      expect(await store.relay.warmUps(['192.0.2.1'], 9)).toEqual([]);
    });

    test('results add up, by day', async () => {
      await store.relay.keep({
        results: [result('b.test', 'x', 2), result('a.test', 'y', 1), result('a.test', 'x', 1)],
      });
      await store.relay.keep({ results: [result('a.test', 'x', 3), result('a.test', 'x', 7, 2)] });
      expect(await results(1)).toEqual(['a.test x 4', 'a.test y 1', 'b.test x 2']);
      expect(await results(1, { domain: 'a.test', key: 'x' }, 1)).toEqual(['a.test y 1']);
      await store.relay.keep({ forgetResultsBeforeDay: 2 });
      expect([await results(1), await results(2)]).toEqual([[], ['a.test x 7']]);
    });
  });
}
