import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computeSignature, hashNeedles, mayContain, unknownSignature } from './trigram-signature.ts';

/** Any code units, also halves of surrogate pairs, from few different ones to many. */
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 200 }),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 3000 }).map((units) => String.fromCharCode(...units)),
);

describe('trigram signature', () => {
  test('never misses: every substring of three or more code units may be contained', () => {
    fc.assert(
      fc.property(text, fc.nat(), fc.nat(), (whole, from, length) => {
        const start = from % Math.max(whole.length - 2, 1);
        const needle = whole.slice(start, start + 3 + (length % whole.length || 0));
        const needles = hashNeedles(needle);
        if (needles === undefined) return needle.length < 3;
        return mayContain(computeSignature(whole), needles);
      }),
    );
  });

  test('never misses in texts of any size, also beyond what the bitmap can hold', () => {
    let state = 1;
    const random = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 16;
    for (const length of [3, 40, 500, 5000, 40_000, 200_000]) {
      const whole = Array.from({ length }, () => String.fromCharCode(random() & 0x3ff)).join('');
      const signature = computeSignature(whole);
      for (let i = 0; i < 500; i++) {
        const start = random() % (length - 2);
        const needles = hashNeedles(whole.slice(start, start + 3 + (i % 20)));
        expect(needles !== undefined && mayContain(signature, needles)).toBe(true);
      }
    }
  });

  test('finds what is in either text, and does not look across them', () => {
    const signature = computeSignature('subject: lunch', 'see you at noon');
    for (const needle of ['lunch', 'noon', 'subject: l']) expect(may(signature, needle), needle).toBe(true);
    expect(may(computeSignature('abc', 'def'), 'bcd')).toBe(false);
    expect(may(computeSignature('ab', 'c'), 'abc')).toBe(false);
  });

  test('says no to what is not there', () => {
    const signature = computeSignature('the quick brown fox jumps over the lazy dog');
    for (const needle of ['cat', 'quiet', 'foxes', 'xyzzy', 'browse'])
      expect(may(signature, needle), needle).toBe(false);
  });

  test('sizes: from 16 octets to 16 KiB, 1.5 bits for each different piece', () => {
    expect(computeSignature('').length).toBe(0);
    expect(computeSignature('ab', 'cd').length).toBe(0);
    expect(computeSignature('abc').length).toBe(16);
    // Nothing but 'aaa' and 'aaaa'.
    expect(computeSignature('a'.repeat(100_000)).length).toBe(16);
    const distinct = Array.from({ length: 1000 }, (_, i) => String.fromCharCode(1000 + i)).join('');
    // 998 pieces of three, 997 of four, less those that share a place.
    expect(computeSignature(distinct).length).toBeLessThanOrEqual(Math.ceil((1995 * 1.5) / 8));
    expect(computeSignature(distinct).length).toBeGreaterThan(360);
    const vast = Array.from({ length: 60_000 }, (_, i) => String.fromCharCode(i)).join('');
    expect(computeSignature(vast).length).toBeGreaterThan(14_000);
    expect(computeSignature(vast).length).toBeLessThanOrEqual(16_384);
  });

  test('the size does not depend on how often something is repeated', () => {
    const once = 'some text about this and that. ';
    expect(computeSignature(once.repeat(100))).toEqual(computeSignature(once.repeat(2)));
  });

  test('a text without trigrams is no candidate, an unknown one always is', () => {
    expect(may(computeSignature(''), 'abc')).toBe(false);
    expect(may(unknownSignature, 'abc')).toBe(true);
  });

  test('needles too short to tell', () => {
    expect(hashNeedles('')).toBeUndefined();
    expect(hashNeedles('ab', 'c')).toBeUndefined();
    expect(hashNeedles('ab', 'cde')).toHaveLength(1);
    expect(hashNeedles('aaaaaaa')).toHaveLength(2);
    expect(hashNeedles('abcd', 'abcd')).toHaveLength(3);
  });

  function may(signature: Uint8Array, needle: string): boolean {
    const needles = hashNeedles(needle);
    if (needles === undefined) throw new Error(`${needle} is too short`);
    return mayContain(signature, needles);
  }
});
