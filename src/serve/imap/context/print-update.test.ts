import fc from 'fast-check';
import { expect, test } from 'vitest';
import { additions, printUpdate, removals, type Update } from './print-update.ts';

/** What a client makes of its list. */
function apply(list: readonly number[], removed: readonly Update[], added: readonly Update[]): number[] {
  const now = [...list];
  for (const { place, numbers } of removed) {
    expect(now.slice(place - 1, place - 1 + numbers.length)).toEqual(numbers);
    now.splice(place - 1, numbers.length);
  }
  for (const { place, numbers } of added) now.splice(place - 1, 0, ...numbers);
  return now;
}

test('a client that does what it is told has the new list', () => {
  const uids = fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 20 });
  fc.assert(
    fc.property(uids, uids, fc.array(fc.nat(20), { maxLength: 10 }), (before, more, places) => {
      const fresh = more.filter((uid) => !before.includes(uid));
      const gone = new Set(before.filter((_uid, i) => places.includes(i)));
      const after = before.filter((uid) => !gone.has(uid));
      for (const [i, uid] of fresh.entries()) after.splice((places[i] ?? 0) % (after.length + 1), 0, uid);
      const removed = removals(Uint32Array.from(before), (uid) => gone.has(uid), Number);
      const added = additions(Uint32Array.from(after), (uid) => fresh.includes(uid), Number);
      expect(apply(before, removed, added)).toEqual(after);
    }),
  );
});

test('as text', () => {
  const context = { tag: 'b1', byUid: true };
  expect(printUpdate(context, 'ADDTO', [])).toBeUndefined();
  expect(printUpdate(context, 'ADDTO', [{ place: 0, numbers: [4, 5, 6, 9] }])).toBe(
    'ESEARCH (TAG "b1") UID ADDTO (0 4:6,9)',
  );
  const places = [
    { place: 7, numbers: [3, 2] },
    { place: 1, numbers: [5] },
  ];
  expect(printUpdate({ ...context, byUid: false, correlator: 'MAILBOX a UIDVALIDITY 2' }, 'REMOVEFROM', places)).toBe(
    'ESEARCH (TAG "b1" MAILBOX a UIDVALIDITY 2) REMOVEFROM (7 3,2 1 5)',
  );
});
