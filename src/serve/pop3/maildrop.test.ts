import { expect, test } from 'vitest';
import type { AccountId, EmailId, MailboxId } from '../../store/ids.ts';
import { Maildrop } from './maildrop.ts';
import { Refuse } from './refuse.ts';

function filled(uids: readonly number[]): Maildrop {
  const inbox = { accountId: 1 as AccountId, mailboxId: 2 as MailboxId, uidValidity: 77 };
  const drop = new Maildrop(inbox, uids.length);
  for (const uid of uids) drop.add(uid, (uid * 10) as EmailId, uid);
  return drop;
}

test('numbers stay when messages are marked; counts follow', () => {
  const drop = filled([3, 5, 9]);
  expect([drop.count, drop.bytes]).toEqual([3, 17]);
  drop.markDeleted(drop.find(2));
  expect([drop.count, drop.bytes, drop.length]).toEqual([2, 12, 3]);
  expect(drop.find(3)).toEqual({ number: 3, sizeBytes: 9, emailId: 90, uniqueId: '77-9' });
  expect(() => drop.find(2)).toThrow(Refuse);
  drop.unmarkAll();
  expect([drop.count, drop.bytes]).toEqual([3, 17]);
  expect(drop.deletedUids()).toEqual([]);
});

test('numbers that nothing has', () => {
  const drop = filled([1]);
  for (const number of [0, 2, -1, 1.5, Number.NaN, 4_294_967_296]) {
    expect(drop.peek(number)?.uniqueId, String(number)).toBeUndefined();
  }
});

test('neighbours that go share a range, and nothing that stays is in it', () => {
  const drop = filled([3, 5, 9, 10, 20]);
  for (const number of [1, 2, 4, 5]) drop.markDeleted(drop.find(number));
  expect(drop.deletedUids()).toEqual([
    [3, 5],
    [10, 20],
  ]);
});

test('no more than it has room for', () => {
  const drop = filled([1, 2]);
  expect(drop.add(3, 30 as EmailId, 1)).toBe(false);
  expect(drop.count).toBe(2);
});
