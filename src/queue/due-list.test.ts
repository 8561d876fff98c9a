import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DueList } from './due-list.ts';

test('names come out in the order of their time, and none before it', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1000)), fc.nat(1000), (times, nowMs) => {
      const list = new DueList();
      for (const [index, atMs] of times.entries()) list.add(atMs, `${atMs} ${index}`);
      const taken: number[] = [];
      for (let name = list.take(nowMs); name !== undefined; name = list.take(nowMs)) taken.push(Number.parseInt(name));
      expect(taken).toEqual(times.filter((atMs) => atMs <= nowMs).toSorted((a, b) => a - b));
      expect(list.firstMs).toBe(Math.min(Infinity, ...times.filter((atMs) => atMs > nowMs)));
    }),
  );
});
