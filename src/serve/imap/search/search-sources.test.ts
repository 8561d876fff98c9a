import { expect, test } from 'vitest';
import type { Mailbox } from '../../../store/mailbox.ts';
import { mailboxesOf } from './search-sources.ts';

// Only name and id count here.
const mailboxes = ['INBOX', 'a', 'a/b', 'a/b/c', 'ab', 'z'].map((name, id) => ({ id, name }) as unknown as Mailbox);
const facts = { mailboxes, subscriptions: new Set(['z', 'gone']), selected: mailboxes[2]?.id };

for (const [source, want] of [
  [{ kind: 'selected' }, 'a/b'],
  [{ kind: 'personal' }, 'INBOX a a/b a/b/c ab z'],
  [{ kind: 'subscribed' }, 'z'],
  [{ kind: 'subtree', names: ['a'] }, 'a a/b a/b/c'],
  [{ kind: 'subtree-one', names: ['a'] }, 'a a/b'],
  [{ kind: 'subtree-one', names: ['a/b', 'z'] }, 'a/b a/b/c z'],
  [{ kind: 'subtree-one', names: [''] }, ''],
  [{ kind: 'mailboxes', names: ['ab', 'a*', 'INBOX'] }, 'INBOX ab'],
] as const) {
  test(JSON.stringify(source), () => {
    const found = mailboxesOf([source], facts);
    expect(found.map(({ name }) => name).join(' ')).toBe(want);
  });
}

test('each mailbox once; none where none is selected', () => {
  const sources = [{ kind: 'selected' }, { kind: 'subtree', names: ['a/b'] }] as const;
  expect(mailboxesOf(sources, facts).map(({ name }) => name)).toEqual(['a/b', 'a/b/c']);
  expect(mailboxesOf([{ kind: 'selected' }], { ...facts, selected: undefined })).toEqual([]);
});
