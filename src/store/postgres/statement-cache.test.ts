import { describe, expect, test } from 'vitest';
import { numberPlaceholders, StatementCache } from './statement-cache.ts';

describe('statement cache', () => {
  test('placeholders are numbered in order', () => {
    expect(numberPlaceholders('SELECT 1')).toBe('SELECT 1');
    expect(numberPlaceholders('SELECT ? FROM a WHERE b = ? AND c IN (?, ?)')).toBe(
      'SELECT $1 FROM a WHERE b = $2 AND c IN ($3, $4)',
    );
    expect(numberPlaceholders('?')).toBe('$1');
  });

  test('a statement gets a name of its own once it is used often, and keeps it', () => {
    const cache = new StatementCache();
    const names = (sql: string) => Array.from({ length: 7 }, () => cache.get(sql).name);
    const first = names('SELECT 1');
    expect(first.slice(0, 4)).toEqual([undefined, undefined, undefined, undefined]);
    expect(new Set(first.slice(4)).size).toBe(1);
    expect(names('SELECT 2').at(-1)).not.toBe(first.at(-1));
  });

  test('neither names nor memory grow without limit', () => {
    const cache = new StatementCache();
    const named = new Set<string>();
    for (let i = 0; i < 3000; i++) {
      for (let use = 0; use < 6; use++) {
        const { text, name } = cache.get(`SELECT ? + ${i}`);
        expect(text).toBe(`SELECT $1 + ${i}`);
        if (name !== undefined) named.add(name);
      }
    }
    expect(named.size).toBe(500);
    expect(cache.get('SELECT ? + 0').name).toBeDefined();
  });
});
