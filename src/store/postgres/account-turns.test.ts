import { expect, test } from 'vitest';
import { AccountTurns } from './account-turns.ts';

test('one at a time for each account, in the order of asking; others do not wait; failures pass the turn on', async () => {
  const turns = new AccountTurns();
  const events: string[] = [];
  const running = new Map<number, number>();
  let most = 0;
  const use = (name: string, ids: readonly number[]) =>
    turns.use(ids, async () => {
      for (const id of ids) {
        running.set(id, (running.get(id) ?? 0) + 1);
        expect(running.get(id)).toBe(1);
      }
      most = Math.max(most, new Set([...running].filter(([, count]) => count > 0).map(([id]) => id)).size);
      events.push(name);
      await new Promise(setImmediate);
      for (const id of ids) running.set(id, (running.get(id) ?? 0) - 1);
      if (name.startsWith('fails')) throw new Error(name);
    });
  const all = [
    use('a', [1]),
    use('b', [1, 2]),
    use('fails', [2, 3]),
    use('c', [3]),
    use('d', [4]),
    use('e', [1]),
    use('f', [3, 1]),
  ];
  const settled = await Promise.allSettled(all);
  expect(settled.map(({ status }) => status === 'fulfilled')).toEqual([true, true, false, true, true, true, true]);
  expect(events.filter((name) => name !== 'd')).toEqual(['a', 'b', 'fails', 'e', 'c', 'f']);
  expect(events.indexOf('d')).toBeLessThan(2);
  expect(most).toBeGreaterThan(1);
  await use('again', [1, 2, 3, 4]);
});
