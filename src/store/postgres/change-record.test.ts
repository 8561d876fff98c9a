import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Delta } from '../delta.ts';
import type { AccountId, MailboxId, ModSeq } from '../ids.ts';
import { printChange, splitByModseq, tryParseChange } from './change-record.ts';

const accountId = 7 as AccountId;
const modseq = 41 as ModSeq;
const mailboxId = 3 as MailboxId;
const of = { accountId, modseq, mailboxId };

const uids = fc.uniqueArray(fc.integer({ min: 1, max: 4_294_967_295 }), { minLength: 1, maxLength: 30 });
const near = fc
  .integer({ min: 1, max: 1000 })
  .chain((first) =>
    fc.integer({ min: 1, max: 50 }).map((count) => Array.from({ length: count }, (_each, i) => first + i)),
  );
const added: fc.Arbitrary<Delta> = fc
  .record({ uids: fc.oneof(uids, near), flags: fc.nat({ max: 1023 }), words: fc.constantFrom(undefined, '', 'a b') })
  .map((each) => ({
    ...of,
    kind: 'added',
    uids: Uint32Array.from(each.uids).toSorted(),
    emailIds: Float64Array.from(each.uids, (uid) => uid * 3),
    flags: Uint32Array.from(each.uids, (uid) => (uid % 3 === 0 ? each.flags : 1)),
    keywords: each.words === undefined ? undefined : each.uids.map((uid) => (uid % 5 === 0 ? '' : (each.words ?? ''))),
  }));
const flags: fc.Arbitrary<Delta> = added.map((each) => {
  if (each.kind !== 'added') throw new Error('not made here');
  const { uids: these, flags: bits, keywords } = each;
  return { ...of, kind: 'flags', uids: these, flags: bits, keywords };
});
const others: fc.Arbitrary<Delta> = fc.constantFrom<Delta>(
  { ...of, kind: 'expunged', uids: Uint32Array.of(1, 2, 3, 9) },
  { ...of, kind: 'mailbox', what: 'created', name: 'Grüße "1"' },
  { ...of, kind: 'mailbox', what: 'renamed', name: 'b', oldName: 'a\\' },
  { accountId, modseq, kind: 'subscription', name: 'x', subscribed: false },
  { accountId, modseq, kind: 'annotation', mailboxId: undefined, entries: ['/private/a\u0000b'] },
  { ...of, kind: 'annotation', entries: [] },
  { accountId, modseq, kind: 'account-removed' },
);

test('what is printed is parsed again, on one line and without NUL', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(added, flags, others), { minLength: 1, maxLength: 5 }),
      fc.constantFrom(undefined, 's1'),
      (deltas, origin) => {
        const line = printChange({ accountId, modseq, origin, deltas });
        expect(line).not.toMatch(/[\n\0]/);
        expect(tryParseChange(line)).toEqual({ accountId, modseq, origin, deltas });
      },
    ),
  );
});

test('a million neighbours take no room', () => {
  const count = 1_000_000;
  const delta: Delta = {
    ...of,
    kind: 'flags',
    uids: Uint32Array.from({ length: count }, (_each, i) => i + 1),
    flags: new Uint32Array(count).fill(1),
    keywords: undefined,
  };
  expect(printChange({ accountId, modseq, origin: undefined, deltas: [delta] }).length).toBeLessThan(100);
});

test.each(['', 'x', '[]', '[1,2]', '[1,2,0,[["new-kind"]]]', '[1,2,0,[["mailbox",1,"eaten","x",0]]]', 'null'])(
  'unreadable: %s',
  (line) => {
    expect(tryParseChange(line)).toBeUndefined();
  },
);

test('deltas are split by account and modseq, in order', () => {
  const delta = (account: number, number: number): Delta => ({
    accountId: account as AccountId,
    modseq: number as ModSeq,
    kind: 'account-removed',
  });
  const changes = splitByModseq([delta(1, 6), delta(2, 3), delta(1, 5), delta(1, 6)], 's');
  expect(changes.map((each) => [each.accountId, each.modseq, each.deltas.length, each.origin])).toEqual([
    [2, 3, 1, 's'],
    [1, 5, 1, 's'],
    [1, 6, 2, 's'],
  ]);
});
