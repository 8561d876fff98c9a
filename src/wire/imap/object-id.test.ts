import { expect, test } from 'vitest';
import { parseObjectId, printObjectId } from './object-id.ts';

test('an id is read back only as what it names', () => {
  expect(printObjectId('email', 42)).toBe('M42');
  expect(parseObjectId('email', 'M42')).toBe(42);
  expect(parseObjectId('thread', 'M42')).toBeUndefined();
  expect(parseObjectId('thread', printObjectId('thread', 7))).toBe(7);
  expect(parseObjectId('mailbox', printObjectId('mailbox', 1))).toBe(1);
});

test('what is no id of ours names nothing', () => {
  for (const text of ['', 'M', '42', 'M042', 'm42', 'M42 ', 'M1234567890123456', 'M-1']) {
    expect(parseObjectId('email', text)).toBeUndefined();
  }
});
