import { expect, test } from 'vitest';
import fc from 'fast-check';
import { encodeWords } from './compose-header.ts';
import { decodeHeaderText } from './decode-words.ts';

const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

const cases: readonly [string, string, string][] = [
  ['plain', ' Hello  there ', 'Hello  there'],
  ['folded', 'Hello\r\n there', 'Hello there'],
  ['RFC 2047 section 8, 1', '=?ISO-8859-1?Q?a?=', 'a'],
  ['RFC 2047 section 8, 2', '(=?ISO-8859-1?Q?a?= b)', '(a b)'],
  ['RFC 2047 section 8, 3', '=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=', 'ab'],
  ['RFC 2047 section 8, 4', '=?ISO-8859-1?Q?a?=  \r\n  =?ISO-8859-1?Q?b?=', 'ab'],
  ['RFC 2047 section 8, 5', '=?ISO-8859-1?Q?a_b?=', 'a b'],
  ['RFC 2047 section 8, 6', '=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=', 'a b'],
  ['character split between words', '=?utf-8?B?4oI=?= =?UTF-8?B?rA==?=', '€'],
  ['character split between Q and B', '=?utf-8?Q?=E2?= =?utf-8?B?gqw=?=', '€'],
  ['language tag (RFC 2231 section 5)', '=?US-ASCII*EN?Q?Keith_Moore?=', 'Keith Moore'],
  ['no blanks around', 'a=?utf-8?q?b?=c', 'abc'],
  ['blanks inside', '=?utf-8?Q?a b?=', 'a b'],
  ['question marks inside of Q', '=?utf-8?Q?What??=', 'What?'],
  ['question mark before an escape', '=?utf-8?Q?What?=3F?=', 'What?='.replace('=', '') + '?'],
  ['lower case b, no padding', '=?utf-8?b?4oKs?= x', '€ x'],
  ['unknown charset, valid UTF-8', '=?x-nope?Q?=C3=BC?=', 'ü'],
  ['unknown charset, else windows-1252', '=?x-nope?Q?=FC?=', 'ü'],
  ['charset lie', '=?utf-8?Q?=FCber?=', 'über'],
  ['bad hex stays', '=?utf-8?Q?=GG=4?=', '=GG=4'],
  ['unknown encoding stays', '=?utf-8?X?a?=', '=?utf-8?X?a?='],
  ['never ends', '=?utf-8?Q?abc', '=?utf-8?Q?abc'],
  ['empty word', 'a =?utf-8?Q??= b', 'a  b'],
  ['raw UTF-8 (RFC 6532)', latin1('Grüße €'), 'Grüße €'],
  ['raw 8-bit', 'Gr\xfc\xdfe', 'Grüße'],
  ['raw and encoded', `${latin1('ü')} =?utf-8?Q?=C3=BC?=`, 'ü ü'],
  ['ISO-2022-JP', '=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=', '日本'],
  ['NUL and line ends that were encoded', '=?utf-8?Q?a=00b=0D=0ABcc:_x?=', 'a b Bcc: x'],
];
for (const [name, raw, want] of cases) test(name, () => expect(decodeHeaderText(raw)).toBe(want));

test('any octets: well-formed, without control characters', () => {
  const pieces = fc.constantFrom(
    '=?',
    '?=',
    '?',
    '=',
    'utf-8',
    'Q',
    'B',
    ' ',
    '_',
    'a',
    '=?utf-8?Q?',
    '=?utf-8?B?',
    '4oKs',
    '=C3',
    '\xc3',
    '\r\n ',
    '\0',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      const decoded = decodeHeaderText(parts.join(''));
      expect(decoded.isWellFormed()).toBe(true);
      // oxlint-disable-next-line no-control-regex
      expect(decoded).not.toMatch(/[\0\r\n]/);
    }),
    { seed: 4, numRuns: 3000 },
  );
});

test('what encodeWords writes is read back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
      const words = encodeWords(text);
      for (const word of words.split(' ')) expect(word.length).toBeLessThanOrEqual(75);
      // oxlint-disable-next-line no-control-regex
      expect(decodeHeaderText(words)).toBe(
        text
          .toWellFormed()
          .replace(/[\0-\x08\n-\x1f\x7f]+/g, ' ')
          .trim(),
      );
    }),
    { seed: 5, numRuns: 1000 },
  );
});

test('megabytes of words, of beginnings and of ends', () => {
  expect(decodeHeaderText('=?utf-8?Q?a?= '.repeat(100_000))).toBe('a'.repeat(100_000));
  expect(decodeHeaderText('=?'.repeat(500_000))).toHaveLength(1_000_000);
  expect(decodeHeaderText('=?u?Q?'.repeat(200_000)).length).toBeLessThanOrEqual(1_200_000);
  expect(decodeHeaderText('=?u?Q??=41 '.repeat(100_000)).length).toBeGreaterThan(0);
});
