import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ImapReader } from './imap-reader.ts';
import { printAstring, printMailbox, printString } from './print-string.ts';
import { expectFetch } from './read-fetch.ts';
import { expectListArguments } from './read-list.ts';
import { expectSearch } from './read-search.ts';
import { expectSelect } from './read-select.ts';
import { expectStatusItems } from './read-status.ts';
import { read } from './read.ts';

const latin1 = fc.uint8Array({ maxLength: 200 }).map((octets) => Buffer.from(octets).toString('latin1'));

type Case = readonly [text: string, value: unknown];
const refused = Symbol('refused');

function table(name: string, production: (r: ImapReader) => unknown, cases: readonly Case[], utf8 = false): void {
  describe(name, () => {
    for (const [text, want] of cases) {
      test(JSON.stringify(text.slice(0, 60)), () => {
        const got = read(text, production, { utf8 });
        expect(got.ok ? got.value : refused).toEqual(want);
      });
    }
  });
}

table('astring', (r) => r.expectAstring(), [
  ['abc', 'abc'],
  ['a]b', 'a]b'],
  ['a[b', 'a[b'],
  ['"a b"', 'a b'],
  ['""', ''],
  ['"a\\"b\\\\"', 'a"b\\'],
  ['"\\\\"', '\\'],
  ['"\xe9"', '\xe9'],
  ['{3}\r\nabc', 'abc'],
  ['{3+}\r\na"b', 'a"b'],
  ['{0}\r\n', ''],
  ['~{3}\r\na\0b', 'a\0b'],
  ['{2}\r\n{}', '{}'],
  ['{3}\r\na\0b', refused],
  ['{4}\r\nabc', refused],
  ['{-1}\r\n', refused],
  ['{3}', refused],
  ['{99999999999999999999}\r\nabc', refused],
  ['"a\\b"', refused],
  ['"a', refused],
  ['"a\0"', refused],
  ['"a\r\n"', refused],
  ['a"b', refused],
  ['a b', refused],
  ['a(b', refused],
  ['a\\b', refused],
  ['a%b', refused],
  ['\xe9', refused],
  ['', refused],
]);

table('number', (r) => r.expectNumber(), [
  ['0', 0],
  ['007', 7],
  ['4294967295', 4_294_967_295],
  ['4294967296', refused],
  ['-1', refused],
  ['1e3', refused],
  ['', refused],
  ['9'.repeat(400), refused],
]);

table('number64', (r) => r.expectNumber64(), [
  ['9007199254740991', 9_007_199_254_740_991],
  ['9223372036854775807', 9_007_199_254_740_991],
  ['9223372036854775809999', refused],
  ['0'.repeat(30), 0],
]);

table('sequence-set', (r) => r.expectSequenceSet(), [
  ['1', { kind: 'ranges', ranges: [[1, 1]] }],
  [
    '1:3,7,9:*',
    {
      kind: 'ranges',
      ranges: [
        [1, 3],
        [7, 7],
        [9, Infinity],
      ],
    },
  ],
  ['*:4', { kind: 'ranges', ranges: [[Infinity, 4]] }],
  ['$', { kind: 'saved' }],
  ['4294967295', { kind: 'ranges', ranges: [[4_294_967_295, 4_294_967_295]] }],
  ['0', refused],
  ['1,', refused],
  ['1:', refused],
  [':1', refused],
  ['1:2:3', refused],
  ['4294967296', refused],
  ['$,1', refused],
  ['', refused],
]);

table('flag-list', (r) => r.expectFlagList(), [
  ['()', []],
  ['(\\Seen work $Junk)', ['\\Seen', 'work', '$Junk']],
  ['(\\Seen', refused],
  ['(\\)', refused],
  ['(\\*)', refused],
  ['(a  b)', refused],
]);

table('mailbox in modified UTF-7', (r) => r.expectMailbox(), [
  ['inbox', 'INBOX'],
  ['InBoX/a', 'INBOX/a'],
  ['inboxes', 'inboxes'],
  ['"a b"', 'a b'],
  ['&U,BTFw-', '台北'],
  ['a&-b', 'a&b'],
  ['"\xc3\xa9"', refused],
  ['a&b', refused],
]);

table(
  'mailbox in UTF-8',
  (r) => r.expectMailbox(),
  [
    ['"\xc3\xa9"', 'é'],
    ['a&b', 'a&b'],
    ['"\xe9"', refused],
  ],
  true,
);

table('date', (r) => r.expectDate(), [
  ['1-Feb-1994', Date.UTC(1994, 1, 1)],
  ['"01-feb-1994"', Date.UTC(1994, 1, 1)],
  ['29-Feb-2024', Date.UTC(2024, 1, 29)],
  ['29-Feb-2023', refused],
  ['0-Jan-2023', refused],
  ['1-Foo-2023', refused],
  ['1-Jan-23', refused],
]);

table('date-time', (r) => r.expectDateTime(), [
  ['"17-Jul-1996 02:44:25 -0700"', { ms: Date.UTC(1996, 6, 17, 9, 44, 25), offsetMinutes: -420 }],
  ['" 1-Jul-1996 00:00:00 +0000"', { ms: Date.UTC(1996, 6, 1), offsetMinutes: 0 }],
  ['17-Jul-1996', refused],
  ['"17-Jul-1996"', refused],
  ['"99-Jul-1996 02:44:25 -0700"', refused],
]);

table('partial', (r) => r.takePartial(), [
  ['<0.10>', { offset: 0, count: 10 }],
  ['<5.0>', refused],
  ['<5>', refused],
  ['<-1.5>', refused],
]);

table('message literal', (r) => r.expectMessageLiteral(), [
  ['{310}', { sizeBytes: 310, sync: true, binary: false }],
  ['{310+}', { sizeBytes: 310, sync: false, binary: false }],
  ['~{310+}', { sizeBytes: 310, sync: false, binary: true }],
  [`{${'9'.repeat(50)}}`, { sizeBytes: Infinity, sync: true, binary: false }],
  ['{310} ', refused],
  ['x{310}', refused],
]);

const all = { kind: 'ranges', ranges: [[1, Infinity]] };
const fetched = (items: unknown[], more: object = {}): unknown => ({
  set: all,
  items,
  changedSince: undefined,
  vanished: false,
  ...more,
});
const section = (value: object, peek = false, partial?: object): unknown => ({
  kind: 'section',
  section: value,
  peek,
  partial,
});

table('fetch', expectFetch, [
  [' 1:* FLAGS', fetched([{ kind: 'flags' }])],
  [' 1:* fast', fetched([{ kind: 'flags' }, { kind: 'internaldate' }, { kind: 'rfc822.size' }])],
  [' 1:* (UID RFC822.SIZE MODSEQ)', fetched([{ kind: 'uid' }, { kind: 'rfc822.size' }, { kind: 'modseq' }])],
  [
    ' 1:* (RFC822 RFC822.HEADER RFC822.TEXT)',
    fetched(['rfc822', 'rfc822.header', 'rfc822.text'].map((kind) => ({ kind }))),
  ],
  [' 1:* (BODY BODYSTRUCTURE)', fetched([{ kind: 'body' }, { kind: 'bodystructure' }])],
  [' 1:* BODY[]', fetched([section({ path: [] })])],
  [' 1:* BODY.PEEK[]<0.5>', fetched([section({ path: [] }, true, { offset: 0, count: 5 })])],
  [' 1:* body[1.2.mime]', fetched([section({ path: [1, 2], text: 'mime' })])],
  [' 1:* BODY[3.HEADER]', fetched([section({ path: [3], text: 'header' })])],
  [' 1:* BODY[TEXT]', fetched([section({ path: [], text: 'text' })])],
  [
    ' 1:* BODY[HEADER.FIELDS (To "From")]',
    fetched([section({ path: [], text: 'header.fields', fields: ['To', 'From'] })]),
  ],
  [' 1:* BODY[2.HEADER.FIELDS.NOT (To)]', fetched([section({ path: [2], text: 'header.fields.not', fields: ['To'] })])],
  [' 1:* BINARY.PEEK[1]', fetched([{ kind: 'binary', path: [1], peek: true, partial: undefined }])],
  [' 1:* BINARY[]<1.2>', fetched([{ kind: 'binary', path: [], peek: false, partial: { offset: 1, count: 2 } }])],
  [' 1:* BINARY.SIZE[1.1]', fetched([{ kind: 'binary.size', path: [1, 1] }])],
  [' 1:* FLAGS (CHANGEDSINCE 5 VANISHED)', fetched([{ kind: 'flags' }], { changedSince: 5, vanished: true })],
  [' 1:* (FLAGS FAST)', refused],
  [' 1:* ()', refused],
  [' 1:* BODY[MIME]', refused],
  [' 1:* BODY[1.]', refused],
  [' 1:* BODY[0]', refused],
  [' 1:* BODY[1', refused],
  [' 1:* BODY.SIZE[1]', refused],
  [' 1:* BINARY.SIZE', refused],
  [' 1:* BODY[HEADER.FIELDS ()]', refused],
  [' 1:* BODY[HEADER.FIELDS]', refused],
  [' 1:* BODYX', refused],
  [' 1:* UIDX', refused],
  [' 1:* FLAGS (CHANGEDSINCE 5 CHANGEDSINCE 5)', refused],
  [` 1:* BODY[${'1.'.repeat(500)}1]`, refused],
]);

const found = (key: object, returns?: string[]): unknown => ({ kind: 'search', returns, key });

table('search', expectSearch, [
  [' ALL', found({ kind: 'all' })],
  [' unseen', found({ kind: 'flag', flag: '\\Seen', set: false })],
  [' 1:* ', refused],
  [
    ' 2 UID 3',
    found({
      kind: 'and',
      keys: [
        { kind: 'sequence', set: { kind: 'ranges', ranges: [[2, 2]] } },
        { kind: 'uid', set: { kind: 'ranges', ranges: [[3, 3]] } },
      ],
    }),
  ],
  [' $', found({ kind: 'sequence', set: { kind: 'saved' } })],
  [
    ' NOT (SEEN DELETED)',
    found({
      kind: 'not',
      key: {
        kind: 'and',
        keys: [
          { kind: 'flag', flag: '\\Seen', set: true },
          { kind: 'flag', flag: '\\Deleted', set: true },
        ],
      },
    }),
  ],
  [
    ' OR FROM a SUBJECT "b c"',
    found({
      kind: 'or',
      keys: [
        { kind: 'header', name: 'from', needle: 'a' },
        { kind: 'header', name: 'subject', needle: 'b c' },
      ],
    }),
  ],
  [' HEADER X-Y ""', found({ kind: 'header', name: 'X-Y', needle: '' })],
  [' TEXT {2}\r\n\xc3\xa9', found({ kind: 'text', in: 'text', needle: 'é' })],
  [' TEXT "\xe9"', refused],
  [' SENTSINCE 1-Jan-2020', found({ kind: 'date', of: 'sent', is: 'since', dayMs: Date.UTC(2020, 0, 1) })],
  [' BEFORE 1-Jan-2020', found({ kind: 'date', of: 'internal', is: 'before', dayMs: Date.UTC(2020, 0, 1) })],
  [' LARGER 10', found({ kind: 'size', is: 'larger', bytes: 10 })],
  [' MODSEQ 7', found({ kind: 'modseq', atLeast: 7 })],
  [' MODSEQ "/flags/\\\\draft" all 7', found({ kind: 'modseq', atLeast: 7 })],
  [' KEYWORD $Junk', found({ kind: 'flag', flag: '$Junk', set: true })],
  [' RETURN () ALL', found({ kind: 'all' }, [])],
  [' RETURN (MIN MAX COUNT SAVE ALL) ALL', found({ kind: 'all' }, ['MIN', 'MAX', 'COUNT', 'SAVE', 'ALL'])],
  [' CHARSET utf-8 ALL', found({ kind: 'all' })],
  [' CHARSET KOI8-R TEXT {2}\r\n\xc1\xc2', found({ kind: 'text', in: 'text', needle: 'аб' })],
  [' CHARSET KOI8-X TEXT {3}\r\n\xff\xff\xff', { kind: 'bad-charset', charset: 'KOI8-X' }],
  [' RETURN (FROB) ALL', refused],
  [' FROB', refused],
  ['', refused],
  [' ()', refused],
  [' OR SEEN', refused],
  [` ${'('.repeat(50)}ALL${')'.repeat(50)}`, found({ kind: 'all' })],
  [` ${'('.repeat(51)}ALL${')'.repeat(51)}`, refused],
  [` ${'NOT '.repeat(10_000)}ALL`, refused],
  [` ${'OR '.repeat(10_000)}ALL`, refused],
  [` ${'ALL '.repeat(5000)}ALL`, refused],
]);

table('select', expectSelect, [
  [' INBOX', { name: 'INBOX', condstore: false, resync: undefined }],
  [' a (CONDSTORE)', { name: 'a', condstore: true, resync: undefined }],
  [
    ' a (QRESYNC (7 8))',
    { name: 'a', condstore: false, resync: { uidValidity: 7, modseq: 8, knownUids: undefined, match: undefined } },
  ],
  [
    ' a (QRESYNC (7 8 1:9 (1 2)))',
    {
      name: 'a',
      condstore: false,
      resync: { uidValidity: 7, modseq: 8, knownUids: [[1, 9]], match: { numbers: [[1, 1]], uids: [[2, 2]] } },
    },
  ],
  [
    ' a (QRESYNC (7 8 (1 2)))',
    {
      name: 'a',
      condstore: false,
      resync: { uidValidity: 7, modseq: 8, knownUids: undefined, match: { numbers: [[1, 1]], uids: [[2, 2]] } },
    },
  ],
  [' a (QRESYNC (7))', refused],
  [' a ()', refused],
]);

table('status items', expectStatusItems, [
  ['(MESSAGES messages UIDNEXT)', ['MESSAGES', 'UIDNEXT']],
  ['()', refused],
]);

test('list patterns beyond the limits, and those that no name can be written like, are left out silently', () => {
  const patternsOf = (text: string): readonly string[] | undefined => {
    const args = read(text, expectListArguments);
    return args.ok ? args.value.patterns : undefined;
  };
  const many = Array.from({ length: 101 }, (_each, i) => `a${i}`);
  expect(patternsOf(` "" (${many.join(' ')})`)).toEqual(many.slice(0, 100));
  expect(patternsOf(` "" ${'*'.repeat(5000)}`)).toEqual([]);
  expect(patternsOf(` "" (a "&bad" b)`)).toEqual(['a', 'b']);
  expect(patternsOf(` "&bad" %`)).toEqual([]);
  expect(patternsOf(` "" %`)).toEqual(['%']);
});

describe('no octets make a production throw', () => {
  const productions = { expectFetch, expectSearch, expectSelect, expectListArguments, expectStatusItems };
  const words = fc.constantFrom(
    ...[
      '1:*',
      '(',
      ')',
      ' ',
      '{3}\r\n',
      '"',
      '\\',
      'BODY[',
      ']',
      'NOT',
      'OR',
      'UID',
      '<',
      '0.1>',
      'RETURN',
      'QRESYNC',
      '$',
      ',',
    ],
  );
  const noise = fc.array(fc.oneof(words, latin1), { maxLength: 30 }).map((parts) => ` ${parts.join('')}`);
  for (const [name, production] of Object.entries(productions)) {
    test(name, () => {
      fc.assert(
        fc.property(noise, fc.boolean(), (text, utf8) => {
          const got = read(text, production as (r: ImapReader) => unknown, { utf8 });
          if (!got.ok) expect(got.error.at).toBeLessThanOrEqual(text.length);
        }),
        { numRuns: 300 },
      );
    });
  }
});

describe('what is printed is read again', () => {
  test('strings', () => {
    fc.assert(
      fc.property(latin1, fc.boolean(), (octets, utf8) => {
        for (const text of [printString(octets, utf8), printAstring(octets, utf8)]) {
          expect(read(text, (r) => r.expectAstring())).toEqual({ ok: true, value: octets });
        }
      }),
    );
  });
  test('mailbox names', () => {
    const name = fc
      .string({ unit: 'grapheme', maxLength: 40 })
      .filter((text) => text.isWellFormed() && !/^inbox/i.test(text));
    fc.assert(
      fc.property(name, fc.boolean(), (text, utf8) => {
        expect(read(printMailbox(text, utf8), (r) => r.expectMailbox(), { utf8 })).toEqual({ ok: true, value: text });
      }),
    );
  });
});
