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
