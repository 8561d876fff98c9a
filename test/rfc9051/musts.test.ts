import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findCitations } from '../../scripts/generate-protocols.ts';
import { readSources } from '../architecture/layers.ts';
import { findMusts, findShown } from './find-musts.ts';
import { musts } from './musts.ts';

const rfc = join(import.meta.dirname, '../../../shared/rfc/rfc9051.txt');

describe('what RFC 9051 sections 6 and 7 demand', () => {
  test.skipIf(!existsSync(rfc))('the list has every MUST of the text (skipped without ../shared/rfc)', () => {
    const found = findMusts(readFileSync(rfc, 'utf8'));
    expect(found.length).toBeGreaterThan(150);
    expect(musts.map(({ id }) => id)).toEqual(found);
  });

  test('what keeps it cites the section', () => {
    const sections = findCitations(readSources(join(import.meta.dirname, '../../src'))).get(9051);
    const missing: string[] = [];
    for (const { id, kept } of musts) {
      const section = id.slice(0, id.indexOf('-'));
      for (const file of kept)
        if (sections?.get(section)?.has(file) !== true) missing.push(`${file}: RFC 9051 section ${section}`);
    }
    expect([...new Set(missing)]).toEqual([]);
  });

  test('each is shown by a test, or has nothing for a server to keep', () => {
    const shown = findShown();
    expect(musts.filter(({ id, kept }) => kept.length > 0 && !shown.has(id)).map(({ id }) => id)).toEqual([]);
    expect(musts.filter(({ kept, why }) => kept.length === 0 && why === undefined)).toEqual([]);
  });

  test('tests name none that is not there', () => {
    const known = new Set(musts.map(({ id }) => id));
    expect([...findShown().keys()].filter((id) => !known.has(id))).toEqual([]);
  });
});

describe('the reader of the text', () => {
  test('counts sentences by section, over lines and up to section 8', () => {
    const text = [
      '   6.  Client Commands . . . 1',
      '6.  Client Commands',
      '',
      '   It MUST be. It may.  A server',
      '   MUST NOT; and MUST.',
      '6.1.  More',
      '   REQUIRED: This SHALL be.',
      '',
      '8.  Sample',
      '   This MUST not count.',
    ].join('\n');
    expect(findMusts(text)).toEqual(['6-1', '6-2', '6.1-1', '6.1-2']);
  });
});
