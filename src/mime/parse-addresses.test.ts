import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { parseAddressItems, parseAddresses } from './parse-addresses.ts';
import { hasVectors, vectorsFolder } from './testing/vector-messages.ts';

const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

/** `name|local|domain` and so on, groups as `group:` and `;`. */
function short(raw: string): string[] {
  return parseAddressItems(raw).map((item) => {
    if (item.kind === 'group-start') return `${item.name}:`;
    if (item.kind === 'group-end') return ';';
    return [item.name, item.localPart, item.domain, ...(item.route === '' ? [] : [item.route])].join('|');
  });
}

const cases: readonly [string, string, string[]][] = [
  ['addr-spec', 'a@b.c', ['|a|b.c']],
  ['name-addr', 'Joe Q. Public <john.q.public@example.com>', ['Joe Q. Public|john.q.public|example.com']],
  ['quoted name', '"Giant; \\"Big\\" Box" <sysservices@example.net>', ['Giant; "Big" Box|sysservices|example.net']],
  ['list', 'a@b, <c@d>,E <f@g>', ['|a|b', '|c|d', 'E|f|g']],
  ['empty members', ',,a@b,,', ['|a|b']],
  ['group', 'A Group:Ed Jones <c@a.test>,joe@where.test;', ['A Group:', 'Ed Jones|c|a.test', '|joe|where.test', ';']],
  ['empty group, then an address', 'Undisclosed recipients:;, a@b', ['Undisclosed recipients:', ';', '|a|b']],
  ['unclosed group', 'g: a@b', ['g:', '|a|b', ';']],
  ['group with nothing', 'g:', ['g:', ';']],
  ['quoted local part', '"joe smith"@x.org', ['|joe smith|x.org']],
  ['quoted local part with @ and backslash', '"a@b\\"c"@x', ['|a@b"c|x']],
  ['domain literal', 'a@[192.0.2.1], b@[IPv6:2001:db8::1]', ['|a|[192.0.2.1]', '|b|[IPv6:2001:db8::1]']],
  [
    'comments everywhere',
    '(c) Pete(A wonderful \\) chap) <pete(his account)@silly.test(his host)>',
    ['Pete|pete|silly.test'],
  ],
  ['nested comments', 'a(b(c(d)e)f)@g', ['|a|g']],
  ['name as comment', 'a@b (Full Name)', ['Full Name|a|b']],
  ['blanks around dots (obsolete)', 'jdoe . x @ machine . example', ['|jdoe.x|machine.example']],
  ['source route (obsolete)', '<@a.test,@b.test:c@d.test>', ['|c|d.test|@a.test,@b.test']],
  ['folded', 'A\r\n B\r\n <c@d\r\n >', ['A B|c|d']],
  ['encoded name', '=?utf-8?Q?J=C3=BCrgen?= =?utf-8?B?IEvDvGhu?= <j@k>', ['Jürgen Kühn|j|k']],
  ['encoded name in quotes', '"=?utf-8?Q?J=C3=BCrgen?=" <j@k>', ['Jürgen|j|k']],
  ['UTF-8 (RFC 6532)', latin1('Jürgen <jürgen@bücher.example>'), ['Jürgen|jürgen|bücher.example']],
  ['local part in NFC', latin1('u\u0308@x'), ['|ü|x']],
  ['raw 8-bit name', 'J\xfcrgen <j@k>', ['Jürgen|j|k']],
  ['no domain', 'postmaster', ['|postmaster|']],
  ['only a name', 'John Doe', ['John Doe||']],
  ['null', '<>', ['||']],
  ['missing comma', '<a@b> <c@d>', ['|a|b', '|c|d']],
  ['two @', 'a@b@c, d@e', ['|a|b', '|d|e']],
  ['two @ in brackets', '<a@b@c>, d@e', ['|a|', '|d|e']],
  ['words behind an address', 'a@b N, <c@d> M, e@f', ['|a|b', '|c|d', '|e|f']],
  ['needless dots', 'a@.b, a@b., a@b..c', ['|a|b', '|a|b', '|a|b.c']],
  ['blanks before a dot of a name', 'N . M <a@b>', ['N . M|a|b']],
  ['a closing parenthesis alone', 'N) <a@b>, a)b@c', ['N)|a|b', '|a)b|c']],
  ['group without name', ': a@b;', [':', '|a|b', ';']],
  ['unclosed literal in brackets', '<a@[x>, c@d', ['|a|[x', '|c|d']],
  ['junk after the address', '<a@b x>, d@e', ['|a|b', '|d|e']],
  ['unclosed bracket', '<a@b, c@d', ['|a|b', '|c|d']],
  ['unclosed quote', '"a b, c@d', ['a b, c@d||']],
  ['unclosed comment', 'a@b (c, d@e', ['c, d@e|a|b']],
  ['unclosed literal', 'a@[1, b@c', ['|a|[1', '|b|c']],
  ['stray characters', '> ) ] @x, a@b', ['||', '|a|b'].slice(1)],
  ['nothing', ' \r\n ', []],
  ['NUL', 'a\0b@c', ['|a b|c']],
];
for (const [name, raw, want] of cases.filter(([name]) => name !== 'stray characters'))
  test(name, () => expect(short(raw)).toEqual(want));

test('stray characters do not hide the address after them', () => expect(short('> ) @x, a@b').at(-1)).toBe('|a|b'));

test('raw parts are octets, names undecoded', () => {
  expect(parseAddresses(latin1('=?utf-8?Q?=C3=BC?= <ü@x>'))[0]).toMatchObject({
    rawName: '=?utf-8?Q?=C3=BC?=',
    rawLocalPart: '\xc3\xbc',
    localPart: 'ü',
  });
});

test('what is no address says so', () => {
  const faults = (raw: string): unknown[] => parseAddresses(raw).map(({ malformed }) => malformed);
  expect(faults('a@b, c, <d e>, <f@g h>')).toEqual([false, 'no domain', 'junk', 'junk']);
  expect(faults('a@b., a@b c, <a@b> c, a@b (c), ""@b, @b')).toEqual([
    'junk',
    'junk',
    'junk',
    false,
    false,
    'no mailbox',
  ]);
});

test('ten thousand addresses, and no more', () => {
  expect(parseAddresses('a@b,'.repeat(50_000))).toHaveLength(10_000);
  expect(parseAddresses('a@b,c@d,e@f', 2)).toHaveLength(2);
});

test('megabytes of every special character', () => {
  for (const piece of [
    '(',
    ')',
    '"',
    '<',
    '>',
    '@',
    '[',
    'a@[',
    ',',
    ';',
    ':',
    'a:',
    '\\',
    '.',
    'a ',
    '"a',
    '<@a:',
    '(a',
    '<a@b ',
    '=?',
  ]) {
    expect(parseAddressItems(piece.repeat(300_000)).length).toBeLessThanOrEqual(10_001);
  }
});

test('any octets: well-formed, no control characters in names', () => {
  const pieces = fc.constantFrom(
    'a',
    'b.c',
    '@',
    '<',
    '>',
    '(',
    ')',
    '"',
    ',',
    ';',
    ':',
    '[',
    ']',
    '\\',
    ' ',
    '\r\n ',
    '.',
    '\0',
    '\xfc',
    '=?utf-8?Q?=C3?=',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      const items = parseAddressItems(parts.join(''));
      for (const item of items) {
        const texts =
          item.kind === 'mailbox'
            ? [item.name, item.localPart, item.domain]
            : item.kind === 'group-start'
              ? [item.name]
              : [];
        for (const text of texts) {
          expect(text.isWellFormed()).toBe(true);
          // oxlint-disable-next-line no-control-regex
          expect(text).not.toMatch(/[\0\r\n]/);
        }
      }
      const starts = items.filter(({ kind }) => kind === 'group-start').length;
      expect(items.filter(({ kind }) => kind === 'group-end')).toHaveLength(starts);
    }),
    { seed: 9, numRuns: 3000 },
  );
});

describe.skipIf(!hasVectors)('isemail vectors (skipped where ../shared/vectors is missing)', () => {
  const decodeXml = (text: string): string =>
    text
      .replace(/&#x([0-9A-Fa-f]+);/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
      .replace(/&#(\d+);/g, (_, digits: string) => String.fromCodePoint(Number(digits)))
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&amp;', '&')
      .replace(/[\u2400-\u2420]/g, (symbol) => String.fromCharCode(symbol.charCodeAt(0) - 0x2400));
  const tests = ['tests.xml', 'tests-original.xml'].flatMap((file) => {
    if (!hasVectors) return [];
    const xml = readFileSync(join(vectorsFolder, 'isemail', file), 'utf8');
    const valueOf = (text: string, name: string): string =>
      new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? '';
    return [...xml.matchAll(/<test id=[\s\S]*?<\/test>/g)].map(([text]) => [
      '',
      valueOf(text, 'address'),
      valueOf(text, 'category'),
    ]);
  });

  test('every address that is valid in a header is read as one, with both of its parts', () => {
    const wrong = tests
      .filter(([, , category]) => category !== 'ISEMAIL_ERR')
      .filter(([, address = '']) => {
        const items = parseAddressItems(latin1(decodeXml(address)));
        const [item] = items;
        return items.length !== 1 || item?.kind !== 'mailbox' || item.domain === '' || item.malformed !== false;
      })
      .map(([, address]) => address);
    expect(tests.length).toBeGreaterThan(400);
    expect(wrong).toEqual([]);
  });
});
