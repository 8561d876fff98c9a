import { describe, expect, test } from 'vitest';
import { read } from './read.ts';
import { expectESearch } from './read-esearch.ts';

describe('esearch', () => {
  for (const [text, sources] of [
    [' ALL', undefined],
    [' in (selected) all', [{ kind: 'selected' }]],
    [
      ' IN (mailboxes "a b" subtree-one (c d) personal) RETURN (COUNT) CHARSET utf-8 SUBJECT x',
      [{ kind: 'mailboxes', names: ['a b'] }, { kind: 'subtree-one', names: ['c', 'd'] }, { kind: 'personal' }],
    ],
  ] as const) {
    test(text, () => {
      const result = read(text, expectESearch);
      expect(result.ok && result.value.sources).toEqual(sources);
      expect(result.ok && result.value.search.kind).toBe('search');
    });
  }

  for (const [text, expected, at] of [
    [' IN () ALL', 'atom', 5],
    [' IN (selected-delayed) ALL', 'mailbox filter', 5],
    [' IN (personal (x y)) ALL', 'atom', 14],
    [' IN (personal)', 'space', 14],
    [' RETURN (ALL) IN (personal) ALL', 'search key', 14],
    [` IN (mailboxes (${Array.from({ length: 1001 }, () => 'a').join(' ')})) ALL`, 'fewer mailboxes', 2018],
  ] as const) {
    test(`${text.slice(0, 40)} is wrong`, () => {
      expect(read(text, expectESearch)).toEqual({ ok: false, error: { kind: 'malformed', expected, at } });
    });
  }
});
