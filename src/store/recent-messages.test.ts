import { expect, test } from 'vitest';
import { prepareOctets } from './prepare-message.ts';
import type { PreparedMessage } from './prepare-message.ts';
import { RecentMessages } from './recent-messages.ts';

const message = (text: string) => Buffer.from(`Subject: ${text}\r\n\r\nhello\r\n`);

test('a message that comes again is prepared once; another one is another', () => {
  const first = prepareOctets(message('again'));
  expect(prepareOctets(message('again'))).toBe(first);
  expect(prepareOctets(message('other'))).not.toBe(first);
});

test('only the last ones are kept, and none that is large', () => {
  const recent = new RecentMessages<PreparedMessage>();
  const prepared = Array.from({ length: 65 }, (_, n) => prepareOctets(message(`number ${n}`)));
  for (const each of prepared) recent.remember(each);
  const found = prepared.map(({ hash }) => recent.find(Buffer.from(hash)) !== undefined);
  expect(found.slice(0, 2)).toEqual([false, true]);
  expect(found.at(-1)).toBe(true);
  const large = prepareOctets(Buffer.concat([message('large'), Buffer.alloc(40_000, 'x')]));
  recent.remember(large);
  expect(recent.find(Buffer.from(large.hash))).toBeUndefined();
});
