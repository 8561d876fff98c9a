import { expect, test } from 'vitest';
import { baseAddress, saysGone } from './suppression.ts';

test('one reader has one address, whatever detail is written with it', () => {
  expect(baseAddress('Jane.Doe+news@Example.ORG')).toBe('janedoe@example.org');
  expect(baseAddress('jane-doe+x-y@example.org')).toBe('jane@example.org');
  expect(baseAddress('+@example.org')).toBe('+@example.org');
  expect(baseAddress('...@example.org')).toBe('...@example.org');
});

test.each([
  [550, '5.1.1', true],
  [550, '5.2.1', true],
  [550, '5.7.1', false],
  [550, undefined, false],
  [551, undefined, true],
  [553, '5.7.1', false],
  [450, '4.2.1', false],
  [556, '5.1.10', true],
])('%s %s: there is nobody to write to: %s', (code, enhanced, gone) => {
  expect(saysGone({ host: 'mx.example', code, enhanced, text: '' })).toBe(gone);
});
