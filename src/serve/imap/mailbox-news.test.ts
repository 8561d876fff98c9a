import { expect, test } from 'vitest';
import type { MailboxId, ModSeq } from '../../store/ids.ts';
import { MailboxNews } from './mailbox-news.ts';

const facts = { mailboxId: 1 as MailboxId, modseq: 1 as ModSeq, origin: undefined };

test('a name is told once, at the place of its last change, with what it was called when the client last heard', () => {
  const news = new MailboxNews();
  news.note({ ...facts, kind: 'mailbox', what: 'created', name: 'a' });
  news.note({ ...facts, kind: 'mailbox', what: 'renamed', name: 'c', oldName: 'b' });
  news.note({ ...facts, kind: 'mailbox', what: 'renamed', name: 'd', oldName: 'c' });
  news.note({ ...facts, kind: 'subscription', name: 'a', subscribed: true });
  expect([...news.takeNames()]).toEqual([
    ['d', 'b'],
    ['a', undefined],
  ]);
  expect(news.waiting).toBe(false);
});

test('children that moved with their parent are not told', () => {
  const news = new MailboxNews();
  news.note({ ...facts, kind: 'mailbox', what: 'renamed', name: 'new', oldName: 'old' });
  expect(news.note({ ...facts, kind: 'mailbox', what: 'renamed', name: 'new/x/y', oldName: 'old/x/y' })).toBe(false);
  expect(news.note({ ...facts, kind: 'mailbox', what: 'renamed', name: 'new/z', oldName: 'elsewhere' })).toBe(true);
  expect([...news.takeNames().keys()]).toEqual(['new', 'new/z']);
});

test('what waits is bounded', () => {
  const news = new MailboxNews();
  for (let at = 0; at < 2000; at++) news.note({ ...facts, kind: 'subscription', name: `m${at}`, subscribed: true });
  expect(news.takeNames().size).toBe(500);
});

test('entries of annotations are told once each, and bounded', () => {
  const news = new MailboxNews();
  const entries = Array.from({ length: 1500 }, (_unused, at) => `/private/${at}`);
  expect(news.note({ ...facts, kind: 'annotation', entries })).toBe(true);
  expect(news.note({ ...facts, kind: 'annotation', entries })).toBe(false);
  news.note({ ...facts, kind: 'annotation', mailboxId: undefined, entries });
  expect([...news.takeEntries()].map(([mailboxId, noted]) => [mailboxId, noted.length])).toEqual([
    [1, 1500],
    [undefined, 500],
  ]);
  expect(news.waiting).toBe(false);
});
