import { describe, expect, test } from 'vitest';
import type { Session } from '../session.ts';
import type { SearchKey } from '../../../wire/imap/search-key.ts';
import { Bad, No } from '../refusal.ts';
import { expandFilters } from './expand-filters.ts';

function sessionWith(values: Readonly<Record<string, string>>): Session {
  const annotations = Object.entries(values).map(([entry, value]) => ({ entry, value: Buffer.from(value) }));
  const store = { readAnnotations: () => Promise.resolve(annotations) };
  // Only these are asked.
  return { currentAccount: () => ({ id: 1 }), services: { store } } as unknown as Session;
}

const filter = (name: string, charset?: string): SearchKey => ({ kind: 'filter', name, charset });
const own = '/private/filters/values/';
const shared = '/shared/filters/values/';

describe('filters', () => {
  const session = sessionWith({
    [`${shared}a`]: 'SEEN',
    [`${own}a`]: 'UNSEEN ALL',
    [`${shared}b`]: 'NOT FILTER a',
    [`${own}text`]: 'SUBJECT "ä"',
    [`${own}loop`]: 'OR FILTER loop ALL',
    [`${own}broken`]: 'OR SMALLER',
    [`${own}1`]: 'FILTER 2',
    [`${own}2`]: 'FILTER 3',
    [`${own}3`]: 'FILTER 4',
    [`${own}4`]: 'FILTER 5',
    [`${own}5`]: 'FILTER 6',
    [`${own}6`]: 'ALL',
    [`${own}wide`]: `(${'FILTER large '.repeat(20)}ALL)`,
    [`${own}large`]: `SUBJECT "${'x'.repeat(6000)}"`,
  });
  const unseen: SearchKey = {
    kind: 'and',
    keys: [{ kind: 'flag', flag: '\\Seen', set: false }, { kind: 'all' }],
  };

  test('stand for their criteria, private ones before shared ones', async () => {
    expect(await expandFilters(session, filter('A'))).toEqual(unseen);
    expect(await expandFilters(session, { kind: 'fuzzy', key: filter('b') })).toEqual({
      kind: 'fuzzy',
      key: { kind: 'not', key: unseen },
    });
    expect(await expandFilters(session, { kind: 'or', keys: [filter('text'), filter('2')] })).toEqual({
      kind: 'or',
      keys: [{ kind: 'header', name: 'subject', needle: 'ä' }, { kind: 'all' }],
    });
  });

  for (const name of ['none', 'loop', 'broken', '1', 'wide', 'constructor']) {
    test(`${name} counts as not there`, async () => {
      const failure: unknown = await expandFilters(session, filter(name)).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(No);
      expect(failure instanceof No && failure.code).toMatch(/^UNDEFINED-FILTER /);
    });
  }

  test('are in UTF-8', async () => {
    const failure: unknown = await expandFilters(session, filter('a', 'koi8-r')).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Bad);
  });
});
