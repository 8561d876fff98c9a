import { describe, expect, test } from 'vitest';
import { unicodeCasemap } from './unicode-casemap.ts';

describe('i;unicode-casemap', () => {
  for (const [a, b] of [
    ['abc', 'ABC'],
    ['grüße', 'GRÜßE'],
    ['ü', 'u\u0308'],
    ['Ａ', 'a'],
    ['ǆ', 'Ǆ'],
    ['Σ', 'ς'],
    ['привет', 'ПРИВЕТ'],
  ] as const) {
    test(`${a} is ${b}`, () => expect(unicodeCasemap(a)).toBe(unicodeCasemap(b)));
  }

  for (const [a, b] of [
    ['', 'a'],
    ['a', 'B'],
    ['B', 'c'],
    ['z', 'ß'],
    ['u', 'ü'],
    ['ü', 'v'],
    ['\uffee', '\u{1f600}'],
    ['ß', 'ẞ'],
  ] as const) {
    test(`${a} before ${b}`, () => expect(unicodeCasemap(a) < unicodeCasemap(b)).toBe(true));
  }
});
