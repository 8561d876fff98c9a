import { expect, test } from 'vitest';
import fc from 'fast-check';
import { decodeCharset } from './decode-charset.ts';

const cases: readonly [string, number[], string][] = [
  ['utf-8', [0xc3, 0xbc], 'ü'],
  ['UTF8', [0xc3, 0xbc], 'ü'],
  ['utf-8', [0xef, 0xbb, 0xbf, 0x61], 'a'],
  ['utf-8', [0x61, 0xfc, 0x62], 'aüb'],
  ['utf-8', [0xc3, 0xbc, 0xe2, 0x82], 'ü\ufffd'],
  ['utf-8', [0xc0, 0x80, 0xc3, 0xbc], '\ufffd\ufffdü'],
  ['utf-8', [0xed, 0xa0, 0x80, 0xc3, 0xbc], '\ufffd\ufffd\ufffdü'],
  ['', [0xfc], 'ü'],
  ['us-ascii', [0xe2, 0x82, 0xac], '€'],
  ['iso-8859-1', [0xfc, 0x80], 'ü€'],
  ['ISO-8859-15', [0xa4], '€'],
  ['windows-1251', [0xcf], 'П'],
  ['cp1251', [0xcf], 'П'],
  ['win-1251', [0xcf], 'П'],
  ['koi8-r', [0xf0], 'П'],
  ['shift_jis', [0x93, 0xfa], '日'],
  ['gb2312', [0xc8, 0xd5], '日'],
  ['big5', [0xa4, 0xe9], '日'],
  ['euc-kr', [0xc7, 0xd1], '한'],
  ['iso-2022-jp', [0x1b, 0x24, 0x42, 0x46, 0x7c, 0x1b, 0x28, 0x42], '日'],
  ['utf-16', [0x61, 0x00], 'a'],
  ['utf-16be', [0x00, 0x61], 'a'],
  ['utf-16le', [0x00, 0xd8], '\ufffd'],
  ['utf-7', [...Buffer.from('+IKw-')], '€'],
  ['cp850', [0x81], 'ü'],
  ['ibm437', [0x81], 'ü'],
  ['macintosh', [0x9f], 'ü'],
  ['x-unknown', [0x61], 'a'],
  ['no such charset', [0xfc], 'ü'],
  ['iso-2022-kr', [0x61], 'a'],
  ['x'.repeat(10_000), [0x61], 'a'],
  ['__proto__', [0x61], 'a'],
  ['constructor', [0x61], 'a'],
  ['base64', [0x61], 'a'],
  ['hex', [0x61], 'a'],
];
for (const [label, octets, want] of cases) {
  test(`${label.slice(0, 20)} ${octets.join(' ')}`, () =>
    expect(decodeCharset(Uint8Array.from(octets), label)).toBe(want));
}

test('any octets in any charset: well-formed', () => {
  const labels = fc.constantFrom(
    '',
    'utf-8',
    'utf-16',
    'utf-7',
    'utf-32',
    'iso-2022-jp',
    'gb18030',
    'big5',
    'cp437',
    'hz-gb-2312',
    'x',
    'ucs2',
    'binary',
  );
  fc.assert(
    fc.property(labels, fc.uint8Array({ maxLength: 60 }), (label, octets) => {
      expect(decodeCharset(octets, label).isWellFormed()).toBe(true);
    }),
    { seed: 6, numRuns: 3000 },
  );
});

test('many labels do not fill memory', () => {
  for (let count = 0; count < 5000; count++) decodeCharset(Uint8Array.of(0xfc), `label-${count}`);
  expect(decodeCharset(Uint8Array.of(0xcf), 'windows-1251')).toBe('П');
});
