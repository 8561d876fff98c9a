import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineLimiter } from './line-limiter.ts';

function run(...chunks: readonly Uint8Array[]): Buffer {
  const limiter = new LineLimiter();
  return Buffer.concat([...chunks.flatMap((chunk) => limiter.push(chunk)), ...limiter.end()]);
}
const text = (...chunks: readonly string[]): string =>
  run(...chunks.map((chunk) => Buffer.from(chunk, 'latin1'))).toString('latin1');

test('lines that are right stay as they are, in the same buffer', () => {
  const chunk = Buffer.from('Subject: x\r\n\r\nbody\r\n');
  expect(new LineLimiter().push(chunk)).toEqual([chunk]);
});

test.each([
  ['a\nb\n', 'a\r\nb\r\n'],
  ['a\rb', 'a\r\nb\r\n'],
  ['a\r\r\nb', 'a\r\n\r\nb\r\n'],
  ['', ''],
  ['\r', '\r\n'],
  ['\n.\n', '\r\n.\r\n'],
])('%j becomes %j', (given, sent) => expect(text(given)).toBe(sent));

test('a line end may be cut in two', () => expect(text('a\r', '\nb\r', 'c')).toBe('a\r\nb\r\nc\r\n'));

test('998 octets are a line, 999 are two', () => {
  expect(text(`${'x'.repeat(998)}\r\n`)).toBe(`${'x'.repeat(998)}\r\n`);
  expect(text(`${'x'.repeat(999)}\r\n`)).toBe(`${'x'.repeat(998)}\r\n x\r\n`);
});

test('a character is not cut', () => {
  const out = run(Buffer.from(`${'x'.repeat(997)}€€`)).toString();
  expect(out).toBe(`${'x'.repeat(997)}\r\n €€\r\n`);
});

test('whatever comes, in whatever pieces: no long line, no bare CR or LF, nothing lost', () => {
  const piece = fc.oneof(
    fc.constantFrom('\r', '\n', '\r\n', '.', ' ').map((each) => Buffer.from(each)),
    fc.uint8Array({ maxLength: 1200 }),
    fc.nat({ max: 2100 }).map((n) => Buffer.alloc(n, 'y')),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const out = run(...pieces).toString('latin1');
      expect(
        run(Buffer.concat(pieces))
          .toString('latin1')
          .replace(/\r\n ?/g, ''),
      ).toBe(out.replace(/\r\n ?/g, ''));
      expect(/(?<!\r)\n|\r(?!\n)/.test(out)).toBe(false);
      expect(out.split('\r\n').every((line) => line.length <= 998)).toBe(true);
      const bare = (octets: string): string => octets.replace(/[\r\n ]/g, '');
      expect(bare(out)).toBe(bare(Buffer.concat(pieces).toString('latin1')));
    }),
  );
});
