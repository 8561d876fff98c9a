import fc from 'fast-check';
import { expect, test } from 'vitest';
import { listPattern } from './list-pattern.ts';

for (const [reference, pattern, names] of [
  ['', '*', ['INBOX', 'a', 'a/b', 'é/ü']],
  ['', '%', ['INBOX', 'a']],
  ['', 'a/%', ['a/b']],
  ['a/', '%', ['a/b']],
  ['', '%/%', ['a/b', 'é/ü']],
  ['', '%b', []],
  ['', '*b', ['a/b']],
  ['', 'inbox', ['INBOX']],
  ['', 'INB%', ['INBOX']],
  ['', 'é*', ['é/ü']],
  ['', '%*%', ['INBOX', 'a', 'a/b', 'é/ü']],
  ['', 'a', ['a']],
  ['', 'A', []],
  ['', '', []],
] as [string, string, string[]][]) {
  test(`LIST "${reference}" "${pattern}"`, () => {
    const matches = listPattern(reference, pattern);
    expect(['INBOX', 'a', 'a/b', 'é/ü'].filter(matches)).toEqual(names);
  });
}

test('inbox in any case is the first level INBOX, and a name of its own otherwise', () => {
  expect(listPattern('', 'inbox/*')('INBOX/a')).toBe(true);
  expect(listPattern('', 'Inbox*')('INBOX/a')).toBe(true);
  expect(listPattern('', 'inbox*')('inboxes')).toBe(true);
  expect(listPattern('', 'inboxes')('INBOXES')).toBe(false);
});

test('agrees with a regular expression', () => {
  const letters = (extra: string) =>
    fc.array(fc.constantFrom(...`ab/😀${extra}`), { maxLength: 8 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(letters('*%'), letters(''), (pattern, name) => {
      const source = pattern.replaceAll('/', '\\/').replaceAll('*', '[^]*').replaceAll('%', '[^/]*');
      expect(listPattern('', pattern)(name)).toBe(new RegExp(`^${source}$`, 'u').test(name));
    }),
  );
});
