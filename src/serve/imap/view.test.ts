import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LiveIndex } from '../../store/live-index.ts';
import type { MailboxId, ModSeq } from '../../store/ids.ts';
import { star, type SequenceSet } from '../../wire/imap/sequence-set.ts';
import { Bad } from './refusal.ts';
import { View } from './view.ts';

const mailboxId = 1 as MailboxId;

/** A mailbox whose entries have these uids. */
class Box {
  readonly index = new LiveIndex(mailboxId, 1 as ModSeq);
  private modseq = 1;

  constructor(...uids: number[]) {
    this.add(...uids);
  }

  add(...uids: number[]): this {
    if (uids.length > 0) {
      this.index.apply({
        ...this.next(),
        kind: 'added',
        uids: Uint32Array.from(uids),
        emailIds: Float64Array.from(uids),
        flags: new Uint32Array(uids.length),
        keywords: undefined,
      });
    }
    return this;
  }

  remove(...uids: number[]): this {
    this.index.apply({ ...this.next(), kind: 'expunged', uids: Uint32Array.from(uids) });
    return this;
  }

  private next() {
    return { accountId: 1 as never, mailboxId, modseq: ++this.modseq as ModSeq, origin: undefined };
  }
}

const set = (...ranges: (readonly [number, number])[]): SequenceSet => ({ kind: 'ranges', ranges });
const known = (view: View): number[] => Array.from({ length: view.length }, (_none, position) => view.uidAt(position));

describe('message numbers', () => {
  const bad = Symbol('bad');
  for (const [name, uids, asked, want] of [
    ['one', [5, 7, 9], set([2, 2]), [[1, 1]]],
    ['all', [5, 7, 9], set([1, star]), [[0, 2]]],
    ['the last', [5, 7, 9], set([star, star]), [[2, 2]]],
    ['backwards', [5, 7, 9], set([3, 1]), [[0, 2]]],
    [
      'several',
      [5, 7, 9],
      set([3, 3], [1, 1]),
      [
        [0, 0],
        [2, 2],
      ],
    ],
    ['twice the same', [5, 7, 9], set([1, 2], [2, 3], [1, star]), [[0, 2]]],
    ['beyond the last', [5, 7, 9], set([4, 4]), bad],
    ['a range beyond the last', [5, 7, 9], set([1, 4]), bad],
    ['from beyond the last', [5, 7, 9], set([4, star]), bad],
    ['the largest there is', [5, 7, 9], set([4_294_967_295, 4_294_967_295]), bad],
    ['all of nothing', [], set([1, star]), []],
    ['the last of nothing', [], set([star, star]), []],
    ['one of nothing', [], set([1, 1]), bad],
    ['some of nothing', [], set([1, star], [2, 3]), bad],
  ] as [string, number[], SequenceSet, [number, number][] | typeof bad][]) {
    test(name, () => {
      const view = new View(new Box(...uids).index);
      if (want === bad) expect(() => view.resolveNumbers(asked)).toThrow(Bad);
      else expect(view.resolveNumbers(asked)).toEqual(want);
    });
  }
});

describe('uids', () => {
  for (const [name, uids, asked, want] of [
    ['one', [5, 7, 9], set([7, 7]), [[1, 1]]],
    ['one that is not there', [5, 7, 9], set([6, 6]), []],
    ['a range over gaps', [5, 7, 9], set([1, 8]), [[0, 1]]],
    ['all', [5, 7, 9], set([1, star]), [[0, 2]]],
    ['from beyond the last: the last', [5, 7, 9], set([100, star]), [[2, 2]]],
    ['a range beyond the last', [5, 7, 9], set([10, 20]), []],
    ['the whole space', [5, 7, 9], set([1, 4_294_967_295]), [[0, 2]]],
    ['neighbours are joined', [5, 7, 9], set([9, 9], [5, 5], [7, 7]), [[0, 2]]],
    ['overlaps', [5, 7, 9], set([5, 7], [7, 9], [1, star]), [[0, 2]]],
    ['of nothing', [], set([1, star]), []],
  ] as [string, number[], SequenceSet, [number, number][]][]) {
    test(name, () => expect(new View(new Box(...uids).index).resolveUids(asked)).toEqual(want));
  }
});

describe('what others do does not move the numbers', () => {
  for (const [name, before, change, expunged] of [
    ['nothing', [5, 7, 9], () => {}, false],
    ['a message comes', [5, 7, 9], (box: Box) => box.add(10), false],
    [
      'many come, the arrays grow',
      [5, 7, 9],
      (box: Box) => box.add(...Array.from({ length: 100 }, (_n, i) => 10 + i)),
      false,
    ],
    ['the first goes', [5, 7, 9], (box: Box) => box.remove(5), true],
    ['the last goes', [5, 7, 9], (box: Box) => box.remove(9), true],
    ['all go', [5, 7, 9], (box: Box) => box.remove(5, 7, 9), true],
    ['one goes, one comes', [5, 7, 9], (box: Box) => box.remove(7).add(10), true],
    ['one comes, one goes', [5, 7, 9], (box: Box) => box.add(10).remove(7), true],
    ['a new one comes and goes', [5, 7, 9], (box: Box) => box.add(10).remove(10), false],
    ['all go, as many come', [5, 7, 9], (box: Box) => box.remove(5, 7, 9).add(10, 11, 12), true],
    ['nothing was there, some come', [], (box: Box) => box.add(1, 2), false],
    ['unknown ones are named as gone', [5, 7, 9], (box: Box) => box.remove(6, 8), false],
  ] as [string, number[], (box: Box) => void, boolean][]) {
    test(name, () => {
      const box = new Box(...before);
      const view = new View(box.index);
      change(box);
      expect(known(view)).toEqual(before);
      expect(view.hasExpunged()).toBe(expunged);
      for (const [position, uid] of before.entries()) {
        expect(view.find(uid)).toBe(position);
        expect(view.indexPosition(position)).toBe(box.index.find(uid));
      }
      view.adopt();
      expect(known(view)).toEqual([...box.index.uids.subarray(0, box.index.length)]);
      expect(view.hasExpunged()).toBe(false);
    });
  }

  test('after any changes the view is what it was, and agrees once told', () => {
    const step = fc.oneof(
      fc.record({ add: fc.integer({ min: 1, max: 20 }) }),
      fc.record({ remove: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 }) }),
      fc.constant({ tell: true }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const box = new Box(1, 2, 3);
        const view = new View(box.index);
        let next = 4;
        let told = [1, 2, 3];
        for (const one of steps) {
          if ('add' in one) box.add(...Array.from({ length: one.add }, () => next++));
          else if ('remove' in one) box.remove(...[...new Set(one.remove)].sort((a, b) => a - b));
          else {
            view.adopt();
            told = [...box.index.uids.subarray(0, box.index.length)];
          }
          expect(known(view)).toEqual(told);
          const gone = told.some((uid) => box.index.find(uid) < 0);
          expect(view.hasExpunged()).toBe(gone);
        }
      }),
    );
  });
});

describe('ranges for the store', () => {
  test('positions become uids', () => {
    const view = new View(new Box(5, 7, 9, 20).index);
    expect(
      view.uidRanges([
        [0, 1],
        [3, 3],
      ]),
    ).toEqual([
      [5, 7],
      [20, 20],
    ]);
  });
  test('the saved result leaves out what the client no longer knows', () => {
    const box = new Box(5, 7, 9);
    const view = new View(box.index);
    view.saved = Uint32Array.from([5, 7, 9]);
    box.remove(7);
    expect(view.resolveUids({ kind: 'saved' })).toEqual([[0, 2]]);
    view.adopt();
    expect(view.resolveUids({ kind: 'saved' })).toEqual([[0, 1]]);
    expect(view.resolveNumbers({ kind: 'saved' })).toEqual([[0, 1]]);
  });
});

describe('writes that are not told', () => {
  test('are forgotten once all up to them was told', () => {
    const view = new View(new Box(1).index);
    view.ignore(7);
    view.ignore(9);
    view.flagsTold(8);
    expect([view.ignores(7), view.ignores(9), view.flagsModseq]).toEqual([false, true, 8]);
    view.flagsTold(9);
    expect(view.ignores(9)).toBe(false);
  });
});
