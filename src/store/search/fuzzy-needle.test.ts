import { describe, expect, test } from 'vitest';
import { FuzzyNeedle, FuzzySearch } from './fuzzy-needle.ts';

const header = 'subject: hello world\nfrom: Ann Müller <ann@example.org>\nx-note: kitchen'.toLowerCase();

function score(needle: string, where: 'text' | 'body', ...pieces: readonly string[]): number {
  const search = new FuzzySearch(new FuzzyNeedle({ in: where, needle }));
  if (search.header(header)) for (const piece of pieces) if (!search.body(piece)) break;
  return search.score;
}

describe('a message', () => {
  test('each word must be there, well spelt or not, and the subject counts most', () => {
    expect(score('Hello', 'text')).toBe(100);
    expect(score('helo wrold', 'text')).toBe(70);
    expect(score('helo nothing', 'text')).toBe(0);
    expect(score('müler', 'text')).toBe(63);
    expect(score('kitchens', 'text')).toBeLessThan(60);
    expect(score('meeting', 'text', 'the meetings are over')).toBe(68);
    expect(score('meeting', 'text', 'the meeting is over')).toBe(75);
  });

  test('a search of the body does not look at the header', () => {
    expect(score('hello', 'body', 'well')).toBe(0);
    expect(score('hello', 'body', 'oh hel', 'lo you')).toBe(100);
    expect(score('hello', 'body', 'oh hel lo')).toBe(0);
  });

  test('what stands within words, and where no spaces are written, is found', () => {
    expect(score('株式', 'body', '東京株式会社')).toBe(90);
    expect(score('itche', 'text')).toBe(54);
  });

  test('only the beginning of a long body counts', () => {
    const long = 'x '.repeat(100_000);
    expect(score('needle', 'body', `${long}needle`)).toBe(0);
    expect(score('needle', 'body', 'needle', long)).toBe(100);
  });

  test('a needle without words has none', () => {
    expect(new FuzzyNeedle({ in: 'text', needle: ' -?- ' }).words).toEqual([]);
    expect(new FuzzyNeedle({ in: 'text', needle: 'a '.repeat(9) }).words).toEqual(['a']);
  });
});

test('one field, out of the head that is kept', () => {
  const needle = new FuzzyNeedle({ in: 'header', name: 'Subject', needle: 'wrold' });
  expect(needle.scoreHead('hello world\nann <a@b>\n\n\n')).toBe(70);
  expect(needle.scoreHead('hello\nworld <a@b>\n\n\n')).toBe(0);
});

test('one field of the header', () => {
  const search = new FuzzySearch(new FuzzyNeedle({ in: 'header', name: 'X-Note', needle: 'kitchne' }));
  expect(search.header(header)).toBe(false);
  expect(search.score).toBe(80);
});
