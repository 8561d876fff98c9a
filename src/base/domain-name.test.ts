import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { domainToASCII } from 'node:url';
import { describe, expect, test } from 'vitest';
import { toAsciiDomain, toUnicodeDomain } from './domain-name.ts';

describe('toAsciiDomain', () => {
  for (const [text, want] of [
    ['example.org', 'example.org'],
    ['EXAMPLE.org', 'example.org'],
    ['localhost', 'localhost'],
    ['Bücher.example', 'xn--bcher-kva.example'],
    ['BÜCHER.example', 'xn--bcher-kva.example'],
    ['XN--bcher-kva.Example', 'xn--bcher-kva.example'],
    ['bu\u0308cher.example', 'xn--bcher-kva.example'],
    ['faß.de', 'xn--fa-hia.de'],
    ['例え。テスト', 'xn--r8jz45g.xn--zckzah'],
    ['r3---sn.example', 'r3---sn.example'],
    ['4.example', '4.example'],
  ] as const) {
    test(`${text} is ${want}`, () => expect(toAsciiDomain(text)).toEqual({ ok: true, value: want }));
  }
  for (const text of [
    '',
    '.',
    'example.org.',
    '.example.org',
    'a..b',
    '-a.example',
    'a-.example',
    'a_b.example',
    'a b.example',
    '1.2.3',
    '127.0.0.1',
    'example.123',
    'xn--.example',
    'xn--a.example',
    `${'a'.repeat(64)}.example`,
    'a.'.repeat(130) + 'example',
    'ü'.repeat(100_000),
    'a\0b.example',
    '\ud800.example',
  ]) {
    test(`refuses ${JSON.stringify(text.slice(0, 40))}`, () => expect(toAsciiDomain(text).ok).toBe(false));
  }
});

test('toUnicodeDomain is the way back, and leaves alone what it cannot read', () => {
  expect(toUnicodeDomain('xn--bcher-kva.example')).toBe('bücher.example');
  expect(toUnicodeDomain('example.org')).toBe('example.org');
  expect(toUnicodeDomain('xn--a.example')).toBe('xn--a.example');
});

const vectors = join(import.meta.dirname, '../../../shared/vectors/idna/IdnaTestV2.txt');
test.skipIf(!existsSync(vectors))('agrees with the conformance data of UTS 46 (skipped without ../shared)', () => {
  const wrong: string[] = [];
  let checked = 0;
  for (const line of readFileSync(vectors, 'utf8').split('\n')) {
    const data = line.replace(/#.*/, '').trim();
    if (data === '') continue;
    const [source = '', unicode = '', unicodeStatus = '', asciiN = '', asciiNStatus = ''] = data
      .split(';')
      .map((column) => decode(column.trim()));
    const status = asciiNStatus === '' ? unicodeStatus : asciiNStatus;
    // Hyphens in places 3 and 4 (V2) are allowed in names that are ASCII from the start: such hosts exist.
    const valid =
      status === '' || status === '[]' || (status === '[V2]' && /^[ -~]*$/.test(source) && !/xn--/i.test(source));
    // The library's Unicode is newer than the data: code points have been assigned since.
    if (status === '[V7]') continue;
    const expected = asciiN === '' ? (unicode === '' ? source : unicode) : asciiN;
    // oxlint-disable-next-line no-control-regex
    const host =
      /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(expected) &&
      !/(^|\.)[0-9]+$/.test(expected);
    const got = toAsciiDomain(source);
    checked++;
    if (valid && host ? !got.ok || got.value !== expected : got.ok) wrong.push(`${line} got ${JSON.stringify(got)}`);
  }
  expect(checked).toBeGreaterThan(5900);
  expect(wrong).toEqual([]);
});

/** Escapes of the data file; `""` is the empty string. */
function decode(column: string): string {
  if (column === '""') return '';
  return column
    .replace(/\\x\{([0-9A-Fa-f]+)\}/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
    .replace(/\\u([0-9A-Fa-f]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Node's own UTS 46, as browsers use it: laxer about hyphens, ASCII signs and empty labels. */
test('names in any script are what others make of them, and come back', () => {
  const ranges = [
    ...[
      0x61, 0xe0, 0x100, 0x391, 0x410, 0x5d0, 0x628, 0x915, 0x3041, 0x4e00, 0xac00, 0xff21, 0x1f600, 0x1d400, 0x2160,
      0x6f0,
    ],
  ];
  const char = fc.tuple(fc.constantFrom(...ranges), fc.nat(15)).map(([start, at]) => String.fromCodePoint(start + at));
  const label = fc.tuple(fc.constantFrom('', '', '', 'xn--'), fc.array(char, { minLength: 1, maxLength: 6 }));
  const name = fc
    .array(label, { minLength: 1, maxLength: 3 })
    .map((labels) => [...labels.map(([prefix, chars]) => prefix + chars.join('')), 'example'].join('.'));
  let accepted = 0;
  fc.assert(
    fc.property(name, (text) => {
      const got = toAsciiDomain(text);
      const other = domainToASCII(text);
      if (got.ok) {
        accepted++;
        expect(got.value).toBe(other);
        expect(toAsciiDomain(toUnicodeDomain(got.value))).toEqual(got);
      } else expect(other).toMatch(/^$|(?:^|\.)(?:-|[^.]*-\.|[^.]{2}--)|[^a-z0-9.-]/);
    }),
    { seed: 46, numRuns: 2000 },
  );
  expect(accepted).toBeGreaterThan(500);
});
