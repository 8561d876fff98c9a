import { expect, test } from 'vitest';
import { skipLines } from './skip-lines.ts';

/** What `skipLines` is to find, an octet at a time. */
function plainly(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\n') return at;
    if (text[at] !== '\r') continue;
    if (at + 2 >= text.length || text[at + 1] !== '\n' || text[at + 2] === '.') return at;
    at++;
  }
  return text.length;
}

const alphabet = [
  '\r\n',
  '\r\n',
  '\r\n.',
  '\r',
  '\n',
  '.',
  '\t',
  '\0',
  '\x0d',
  'a',
  'b c',
  '\x80',
  '\xff',
  'long enough for words',
];

test('the same as an octet at a time, wherever the octets lie in their memory', () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  for (let round = 0; round < 3000; round++) {
    // Seldom anything but sane lines, so that long runs come too.
    const kinds = round % 3 === 0 ? alphabet.length : 2;
    const text = Array.from({ length: random(40) }, () =>
      random(4) === 0 ? (alphabet[random(kinds)] ?? '') : 'x'.repeat(random(9)),
    ).join('');
    const offset = random(8);
    const memory = Buffer.concat([
      Buffer.from('\n'.repeat(offset)),
      Buffer.from(text, 'latin1'),
      Buffer.from('\r\n.\r\n'),
    ]);
    const octets = new Uint8Array(Uint8Array.from(memory).buffer, offset, text.length);
    for (const from of [0, random(text.length + 1), text.length]) {
      expect([text, from, skipLines(octets, from)]).toEqual([text, from, plainly(text, from)]);
    }
  }
});

test('what stands behind the octets is not looked at', () => {
  expect(skipLines(Uint8Array.from(Buffer.from('abc\r\n.')).subarray(0, 5), 0)).toBe(3);
  expect(skipLines(new Uint8Array(8).subarray(3, 3), 0)).toBe(0);
});
