import { expect, test } from 'vitest';
import { directTransport } from './choose-transport.ts';
import { groupBatches } from './group-batches.ts';
import type { QueueId } from './queued.ts';
import { testEntry } from './test-entries.ts';

const entry = (id: number, messageId: number, returnPath = 'ann@home.example') =>
  testEntry({ id: id as QueueId, returnPath }, { messageId });

test('recipients of one message and return path go together, up to the limit', () => {
  const entries = [entry(1, 1), entry(2, 2), entry(3, 1), entry(4, 1), entry(5, 1, 'other@home.example')];
  const groups = groupBatches(entries, () => directTransport, 2);
  expect(groups.map((group) => group.entries.map(({ id }) => id))).toEqual([[1, 3], [2], [4], [5]]);
});

test('entries that leave by different ways are apart', () => {
  const entries = [entry(1, 1), entry(2, 1)];
  const other = { kind: 'fail', name: 'other', code: 554, text: 'no' } as const;
  const groups = groupBatches(entries, ({ id }) => (id === 1 ? directTransport : other), 100);
  expect(groups.map(({ transport }) => transport.name)).toEqual(['direct', 'other']);
});
