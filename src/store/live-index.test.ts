import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Delta } from './delta.ts';
import type { AccountId, MailboxId, ModSeq } from './ids.ts';
import { LiveIndex } from './live-index.ts';

interface Model {
  readonly uid: number;
  flags: number;
  keywords: string;
  modseq: number;
}

const step = fc.oneof(
  fc.record({
    do: fc.constant('add' as const),
    count: fc.integer({ min: 1, max: 40 }),
    keywords: fc.constantFrom('', 'a', 'a b'),
  }),
  fc.record({
    do: fc.constant('flags' as const),
    picks: fc.array(fc.nat(), { maxLength: 10 }),
    keywords: fc.constantFrom('', 'c'),
  }),
  fc.record({ do: fc.constant('expunge' as const), picks: fc.array(fc.nat(), { maxLength: 20 }) }),
);

test('what changed lately is remembered, and what is not is known', () => {
  const index = new LiveIndex(1 as MailboxId, 10 as ModSeq);
  index.load([
    [1, 10, 0, '', 4],
    [2, 20, 0, '', 12],
  ]);
  const common = { accountId: 1 as AccountId, mailboxId: 1 as MailboxId };
  const change = (uid: number, modseq: number): void =>
    index.apply({
      ...{ ...common, kind: 'flags', modseq: modseq as ModSeq, keywords: undefined },
      ...{ uids: Uint32Array.of(uid), flags: Uint32Array.of(1) },
    });
  expect(index.changedSince(11)).toBeUndefined();
  expect(index.changedSince(12)).toEqual(new Uint32Array());
  change(2, 13);
  change(1, 14);
  change(2, 15);
  expect(index.changedSince(12)).toEqual(Uint32Array.of(1, 2));
  expect(index.changedSince(14)).toEqual(Uint32Array.of(2));
  for (let modseq = 16; modseq < 16 + 4094; modseq++) change(1, modseq);
  expect(index.changedSince(12)).toBeUndefined();
  expect(index.changedSince(13)).toEqual(Uint32Array.of(1, 2));
});

test('an index says what a plain list says, also when deltas come twice', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const index = new LiveIndex(1 as MailboxId, 0 as ModSeq);
      let model: Model[] = [];
      let nextUid = 1;
      let modseq = 0;
      for (const each of steps) {
        modseq += 1;
        const common = { accountId: 1 as AccountId, mailboxId: 1 as MailboxId, modseq: modseq as ModSeq };
        let delta: Delta;
        if (each.do === 'add') {
          const uids = Array.from({ length: each.count }, () => nextUid++);
          for (const uid of uids) model.push({ uid, flags: uid % 7, keywords: each.keywords, modseq });
          delta = {
            ...common,
            kind: 'added',
            uids: Uint32Array.from(uids),
            emailIds: Float64Array.from(uids, (uid) => uid * 10),
            flags: Uint32Array.from(uids, (uid) => uid % 7),
            keywords: uids.map(() => each.keywords),
          };
        } else {
          const picked = [...new Set(each.picks.map((pick) => model[pick % model.length]?.uid ?? 0))].filter(
            (uid) => uid > 0,
          );
          const uids = Uint32Array.from(picked.toSorted((a, b) => a - b));
          if (each.do === 'flags') {
            for (const entry of model) {
              if (uids.includes(entry.uid)) Object.assign(entry, { flags: modseq, keywords: each.keywords, modseq });
            }
            const flags = new Uint32Array(uids.length).fill(modseq);
            delta = { ...common, kind: 'flags', uids, flags, keywords: Array.from(uids, () => each.keywords) };
          } else {
            model = model.filter((entry) => !uids.includes(entry.uid));
            delta = { ...common, kind: 'expunged', uids };
          }
        }
        const held = { uids: index.uids, copy: index.uids.slice(0, index.length), length: index.length };
        index.apply(delta);
        index.apply(delta);
        // What a session held stays as it was.
        expect(held.uids.subarray(0, held.length)).toEqual(held.copy);
      }
      expect([...index.uids.subarray(0, index.length)]).toEqual(model.map((entry) => entry.uid));
      for (const [at, entry] of model.entries()) {
        expect(index.find(entry.uid)).toBe(at);
        expect(index.flags[at]).toBe(entry.flags);
        expect(index.modseqs[at]).toBe(entry.modseq);
        expect(index.emailIds[at]).toBe(entry.uid * 10);
        expect(index.keywordsAt(at).join(' ')).toBe(entry.keywords);
      }
      expect(index.find(nextUid)).toBe(-1);
      for (let since = 0; since <= modseq; since++) {
        const changed = [...(index.changedSince(since) ?? [])].filter((uid) => index.find(uid) >= 0);
        expect(changed).toEqual(model.filter((entry) => entry.modseq > since).map(({ uid }) => uid));
      }
    }),
  );
});
