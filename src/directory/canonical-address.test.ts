import { expect, test } from 'vitest';

import { canonicalAddress } from './canonical-address.ts';

const plus = { caseSensitive: false, separators: ['+'] };
const several = { caseSensitive: false, separators: ['+', '--', '_'] };
const strict = { caseSensitive: true, separators: ['+'] };

test.each([
  ['Bob', plus, 'bob@example.org'],
  ['bob+shop', plus, 'bob@example.org'],
  ['bob+shop+more', plus, 'bob@example.org'],
  ['BOB--x+y', several, 'bob@example.org'],
  ['bob_x--y', several, 'bob@example.org'],
  ['bob-x', several, 'bob-x@example.org'],
  ['+bob', plus, '+bob@example.org'],
  ['Bob+x', strict, 'Bob@example.org'],
  ['PostMaster', strict, 'postmaster@example.org'],
  ['Postmaster+x', strict, 'postmaster@example.org'],
  ['JU\u{308}RGEN', plus, 'jürgen@example.org'],
  ['a b', plus, '"a b"@example.org'],
])('%s', (localPart, rules, want) => {
  expect(canonicalAddress({ localPart, domain: 'EXAMPLE.org' }, rules)).toBe(want);
});

test('nothing is folded in a domain of others', () => {
  expect(canonicalAddress({ localPart: 'Bob+x', domain: 'Other.example' }, undefined)).toBe('Bob+x@other.example');
});
