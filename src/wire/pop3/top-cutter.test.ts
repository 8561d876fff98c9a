import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TopCutter } from './top-cutter.ts';

function cut(text: string, lines: number, pieceBytes = text.length): string {
  const cutter = new TopCutter(lines);
  const octets = Buffer.from(text, 'latin1');
  let out = '';
  for (let at = 0; at < octets.length; at += Math.max(1, pieceBytes)) {
    out += Buffer.from(cutter.push(octets.subarray(at, at + pieceBytes))).toString('latin1');
  }
  return out;
}

test('the header, the blank line, and so many lines', () => {
  const message = 'A: 1\r\nB: 2\r\n\r\none\r\ntwo\r\n\r\nfour';
  expect(cut(message, 0)).toBe('A: 1\r\nB: 2\r\n\r\n');
  expect(cut(message, 1)).toBe('A: 1\r\nB: 2\r\n\r\none\r\n');
  expect(cut(message, 3)).toBe('A: 1\r\nB: 2\r\n\r\none\r\ntwo\r\n\r\n');
  expect(cut(message, 4)).toBe(message);
  expect(cut(message, 4000)).toBe(message);
});

test('no body, no header, nothing', () => {
  expect(cut('A: 1\r\n', 5)).toBe('A: 1\r\n');
  expect(cut('\r\nbody\r\nmore', 1)).toBe('\r\nbody\r\n');
  expect(cut('', 1)).toBe('');
});

test('pieces of any size give the same, a lone CR or LF ends a line', () => {
  const text = fc.array(fc.constantFrom('a', '.', '\r', '\n', '\r\n', '\r\n\r\n')).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, fc.nat(5), fc.integer({ min: 1, max: 4 }), (message, lines, pieceBytes) => {
      const whole = cut(message, lines);
      expect(cut(message, lines, pieceBytes)).toBe(whole);
      expect(message.startsWith(whole)).toBe(true);
      const all = message.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
      const header = all.findIndex((line) => /^[\r\n]/.test(line));
      const expected = header < 0 ? message : all.slice(0, header + 1 + lines).join('');
      expect(whole).toBe(expected);
    }),
  );
});
