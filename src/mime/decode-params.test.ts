import { expect, test } from 'vitest';
import { decodeParams } from './decode-params.ts';
import { joinParams } from './join-params.ts';
import { parseContentType, parseValueWithParams } from './parse-content-type.ts';

const cases: readonly [string, string, Record<string, string>][] = [
  ['tokens and quoted strings', 'text/plain; charset=utf-8; name="a \\"b\\" c"', { charset: 'utf-8', name: 'a "b" c' }],
  [
    'RFC 2231 section 3',
    'message/external-body; URL*0="ftp://";\r\n URL*1="cs.utk.edu/x"',
    { url: 'ftp://cs.utk.edu/x' },
  ],
  [
    'RFC 2231 section 4',
    "application/x-stuff; title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A",
    { title: 'This is ***fun***' },
  ],
  [
    'RFC 2231 section 4.1',
    "application/x-stuff; title*0*=us-ascii'en'This%20is%20even%20more%20; title*1*=%2A%2A%2Afun%2A%2A%2A%20; title*2=\"isn't it!\"",
    { title: "This is even more ***fun*** isn't it!" },
  ],
  ['character split between pieces', "a/b; n*1*=%82%ac; n*0*=utf-8''%e2", { n: '€' }],
  ['gap: what comes after stays as it is', 'a/b; n*0=x; n*2=z', { n: 'x', 'n*2': 'z' }],
  ['pieces without a first one', 'a/b; n*1=x', { 'n*1': 'x' }],
  ['encoded words', 'a/b; name="=?utf-8?B?w7w=?= =?utf-8?B?w7w=?="', { name: 'üü' }],
  ['raw UTF-8', `a/b; name="${Buffer.from('ü').toString('latin1')}"`, { name: 'ü' }],
  ['extended beats plain', "a/b; name=plain; name*=utf-8''ext", { name: 'ext' }],
  ['first of two', 'a/b; name=one; name=two', { name: 'one' }],
  ['unquoted blanks', 'a/b; name=This is a test.txt; x=y', { name: 'This is a test.txt', x: 'y' }],
  ['comments', 'a/b (c) ; (d) name (e) = (f) x (g)', { name: 'x' }],
  ['double semicolon, no value, no name', 'a/b;; ; =x; y; z=', { z: '' }],
  ['unclosed quote', 'a/b; name="abc; d', { name: 'abc; d' }],
  ['single quotes are no charset', "a/b; name*=it's", { name: "it's" }],
];
for (const [name, raw, want] of cases) {
  test(name, () => expect(Object.fromEntries(decodeParams(parseContentType(raw)?.rawParams ?? []))).toEqual(want));
}

test('a prototype is no parameter', () => {
  expect(decodeParams([{ name: '__proto__', value: 'x' }]).get('__proto__')).toBe('x');
});

test('joinParams: pieces become one parameter for BODYSTRUCTURE', () => {
  const raw =
    parseValueWithParams('attachment; size=1; filename*0*=utf-8\'\'a%20; filename*1="b c"; x*0=1; x*1=2')?.rawParams ??
    [];
  expect(joinParams(raw)).toEqual([
    { name: 'size', value: '1' },
    { name: 'filename*', value: "utf-8''a%20b%20c" },
    { name: 'x', value: '12' },
  ]);
});

test('a hundred thousand continuations', () => {
  const raw = `a/b${Array.from({ length: 100_000 }, (_, index) => `; n*${index}*=%41`).join('')}`;
  expect(decodeParams(parseContentType(raw)?.rawParams ?? []).get('n')).toBe('A'.repeat(1000));
});

for (const [raw, want] of [
  ['', undefined],
  ['/', undefined],
  ['text', 'text/plain'],
  ['text/', 'text/plain'],
  ['image', undefined],
  ['Image/GIF', 'image/gif'],
  ['text / (c) html', 'text/html'],
  // RFC 2045 section 5.2: the default for what is not valid.
  ['text/html charset=x', undefined],
  ['text/x y', undefined],
  ['text/html;', 'text/html'],
  ['text/html (c)', 'text/html'],
] as const) {
  test(`type of "${raw}"`, () => {
    const type = parseContentType(raw);
    expect(type && `${type.type}/${type.subtype}`).toBe(want);
  });
}
