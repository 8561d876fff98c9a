import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sortInTurns } from './sort-in-turns.ts';

test('as the plain sort does it, with pauses', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 5000, size: 'max' }), async (values) => {
      const compare = (a: number, b: number): number => (values[a] ?? 0) - (values[b] ?? 0) || a - b;
      let pauses = 0;
      const order = await sortInTurns(values.length, compare, () => {
        pauses++;
        return pauses % 3 === 0 ? Promise.resolve() : undefined;
      });
      expect([...order]).toEqual([...values.keys()].sort(compare));
      expect(pauses).toBeGreaterThanOrEqual(Math.floor(values.length / 512));
    }),
    { numRuns: 50 },
  );
});
