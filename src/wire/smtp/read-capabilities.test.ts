import { expect, test } from 'vitest';
import { maxRecipientsOf, maxSizeOf, readCapabilities } from './read-capabilities.ts';

test('keywords and parameters', () => {
  const found = readCapabilities(['me', 'size 1000', 'AUTH PLAIN', 'AUTH=LOGIN', 'LIMITS MAILMAX=2 RCPTMAX=7', '?']);
  expect([...found]).toEqual([
    ['SIZE', ['1000']],
    ['AUTH', ['PLAIN', 'LOGIN']],
    ['LIMITS', ['MAILMAX=2', 'RCPTMAX=7']],
  ]);
  expect(maxSizeOf(found)).toBe(1000);
  expect(maxRecipientsOf(found)).toBe(7);
});
test('no limit and nonsense are no limit', () => {
  for (const line of ['SIZE', 'SIZE 0', 'SIZE -1', `SIZE ${'9'.repeat(40)}`, 'LIMITS RCPTMAX=0'])
    expect([maxSizeOf(readCapabilities(['me', line])), maxRecipientsOf(readCapabilities(['me', line]))]).toEqual([
      undefined,
      undefined,
    ]);
});
