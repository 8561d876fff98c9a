import { describe, expect, test } from 'vitest';
import type { MailboxIndex } from '../../store/mailbox-index.ts';
import type { Delta } from '../../store/delta.ts';
import type { AccountId, MailboxId, ModSeq } from '../../store/ids.ts';
import { LiveIndex } from '../../store/live-index.ts';
import { countPositions, keepLive, RangeCollector } from './positions.ts';
import { UntoldChanges } from './untold-changes.ts';
import { View } from './view.ts';

const mailboxId = 1 as MailboxId;

/** An index as the store keeps it: uids 1 to `count`, no flags, modseq 1. */
function indexOf(count: number): LiveIndex {
  const index = new LiveIndex(mailboxId, 1 as ModSeq);
  index.load(Array.from({ length: count }, (_each, i) => [i + 1, i + 1, 0, '', 1]));
  return index;
}

function change(index: LiveIndex, uids: readonly number[], flags: number, modseq: number): void {
  const delta: Delta = {
    kind: 'flags',
    accountId: 1 as AccountId,
    mailboxId,
    modseq: modseq as ModSeq,
    uids: Uint32Array.from(uids),
    flags: Uint32Array.from(uids, () => flags),
    keywords: undefined,
  };
  index.apply(delta);
}

function expunge(index: LiveIndex, uids: readonly number[]): void {
  index.apply({
    kind: 'expunged',
    accountId: 1 as AccountId,
    mailboxId,
    modseq: 9 as ModSeq,
    uids: Uint32Array.from(uids),
  });
}

const view = (index: MailboxIndex): View => new View(index);

test('positions become ranges', () => {
  const collector = new RangeCollector();
  for (const position of [0, 1, 1, 2, 5, 7, 8]) collector.add(position);
  expect(collector.ranges).toEqual([
    [0, 2],
    [5, 5],
    [7, 8],
  ]);
  expect(countPositions(collector.ranges)).toBe(6);
});

test('messages that went are left out, and counted', () => {
  const index = indexOf(8);
  const client = view(index);
  const asked = [
    [0, 3],
    [6, 7],
  ] as const;
  expect(keepLive(client, asked)).toEqual({ live: asked, expunged: 0 });
  expunge(index, [2, 3, 8]);
  expect(keepLive(client, asked)).toEqual({
    live: [
      [0, 0],
      [3, 3],
      [6, 6],
    ],
    expunged: 3,
  });
});

describe('changes of others around STORE .SILENT', () => {
  const all = [[0, 3]] as const;
  type Other = readonly [uids: readonly number[], flags: number, modseq: number] | undefined;
  type Row = readonly [
    string,
    before: Other,
    during: Other,
    how: 'add' | 'remove' | 'replace',
    flags: number,
    want: object,
  ];
  for (const [name, before, during, how, flags, want] of [
    ['nobody else', undefined, undefined, 'add', 1, []],
    ['before, and not told', [[2], 4, 2], undefined, 'add', 1, [[1, 1]]],
    ['in between', undefined, [[3], 5, 3], 'add', 1, [[2, 2]]],
    ['in between, the same change', undefined, [[3], 1, 3], 'add', 1, []],
    ['removal', undefined, [[1], 4, 3], 'remove', 1, [[0, 0]]],
    ['left alone by UNCHANGEDSINCE', undefined, undefined, 'replace', 2, []],
  ] as readonly Row[]) {
    test(name, () => {
      const index = indexOf(4);
      const client = view(index);
      if (before !== undefined) change(index, ...before);
      const untold = new UntoldChanges(client, all);
      if (during !== undefined) change(index, ...during);
      for (let position = 0; position < 4 && how !== 'replace'; position++) {
        const now = index.flags[position] ?? 0;
        change(index, [position + 1], how === 'add' ? now | flags : now & ~flags, 10);
      }
      expect(untold.after({ how, flags, keywords: [] })).toEqual(want);
    });
  }

  test('a keyword that another set in between is told', () => {
    const index = indexOf(4);
    const client = view(index);
    const untold = new UntoldChanges(client, all);
    const common = { accountId: 1 as AccountId, mailboxId: index.mailboxId, kind: 'flags' } as const;
    const change3 = { ...common, uids: Uint32Array.of(3), flags: Uint32Array.of(1), keywords: ['work'] };
    index.apply({ ...change3, modseq: 10 as ModSeq });
    expect(untold.after({ how: 'add', flags: 1, keywords: [] })).toEqual([[2, 2]]);
    expect(untold.after({ how: 'add', flags: 1, keywords: ['WORK'] })).toEqual([]);
  });

  test('a client that was told is not told again', () => {
    const index = indexOf(4);
    const client = view(index);
    change(index, [2], 4, 2);
    client.flagsTold(2);
    expect(new UntoldChanges(client, all).after({ how: 'add', flags: 0, keywords: [] })).toEqual([]);
  });
});
