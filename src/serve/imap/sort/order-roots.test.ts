import { expect, test } from 'vitest';
import { orderForest } from './forest.ts';
import { orderRootsByNewest } from './order-roots.ts';

const noTurn = (): undefined => undefined;

test('threads stand in the order of the newest message of each; below them nothing changes', async () => {
  // 0 ← 1 ← 4, 2, and 3 without message above 5 and 6.
  const parents = [-1, 0, -1, -1, 1, 3, 3];
  const messages = [0, 1, 2, -1, 3, 4, 5];
  const dates = [1, 2, 3, NaN, 9, 4, 8];
  const order = [0, 1, 2, 5, 6, 4];
  const forest = await orderForest({ parents, messages, order }, noTurn);
  expect(forest.roots).toEqual([0, 2, 3]);
  const ordered = await orderRootsByNewest(forest, parents, order, (node) => dates[node] ?? 0, noTurn);
  expect(ordered).toEqual({ ...forest, roots: [2, 3, 0] });
});

test('threads that are equally new stay as they were', async () => {
  const parents = [-1, -1, -1];
  const forest = await orderForest({ parents, messages: [0, 1, 2], order: [2, 0, 1] }, noTurn);
  expect((await orderRootsByNewest(forest, parents, [0, 1, 2], () => 5, noTurn)).roots).toEqual([2, 0, 1]);
});
