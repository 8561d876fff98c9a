import { expect, test } from 'vitest';
import { OctetsAtHand } from './octets-at-hand.ts';

const bytes = (length: number) => ({ kind: 'octets', octets: new Uint8Array(length).fill(120) }) as const;

test('what came lately is at hand, also when its buffer has changed hands', async () => {
  const atHand = new OctetsAtHand();
  const content = bytes(5);
  const keep = atHand.copy(content, 'X: é\r\n');
  structuredClone(content.octets, { transfer: [content.octets.buffer] });
  keep(7);
  const reader = atHand.open(7);
  expect(reader?.originalBytes).toBe(5);
  expect(reader && Buffer.from(reader.prefix).toString('latin1')).toBe('X: é\r\n');
  expect(Buffer.from((await reader?.read(1, 99)) ?? []).toString()).toBe('xxxx');
  expect(Buffer.from((await reader?.read(4, 2)) ?? []).toString()).toBe('');
  expect(atHand.open(8)).toBeUndefined();
});

test('what is large, or in a file, is read from the store', () => {
  const atHand = new OctetsAtHand();
  atHand.copy(bytes(64 * 1024 + 1), '')(1);
  atHand.copy({ kind: 'file', path: '/nowhere', sizeBytes: 1 }, '')(2);
  expect(atHand.open(1)).toBeUndefined();
  expect(atHand.open(2)).toBeUndefined();
});

test('the oldest are forgotten', () => {
  const atHand = new OctetsAtHand();
  for (let id = 1; id <= 70; id++) atHand.copy(bytes(64 * 1024), '')(id);
  expect([1, 6, 7, 70].map((id) => atHand.open(id) !== undefined)).toEqual([false, false, true, true]);
});
