import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { MessageScanner, scanMessage } from './scan-message.ts';
import type { Part } from './part.ts';
import { findTreeBreaches, partsOf, treeOf } from './testing/tree-of.ts';

/** The message with line feeds as CRLF. */
function crlf(text: string): Buffer {
  return Buffer.from(text.replace(/\n/g, '\r\n'), 'latin1');
}

/** `type/subtype "body"` nested as the parts are. */
function outline(part: Part, octets: Buffer): unknown {
  const name = `${part.type}/${part.subtype}`;
  if (part.children.length > 0) return [name, ...part.children.map((child) => outline(child, octets))];
  if (part.message !== undefined) return [name, outline(part.message, octets)];
  return `${name} ${JSON.stringify(octets.toString('latin1', part.bodyStart, part.bodyEnd).replaceAll('\r\n', '\n'))}`;
}

describe('scanMessage: trees', () => {
  const cases: readonly [string, string, unknown][] = [
    ['no octets', '', 'text/plain ""'],
    ['header only', 'Subject: x\n', 'text/plain ""'],
    ['body only', '\nbody\n', 'text/plain "body\\n"'],
    ['no Content-Type', 'A: b\n\nbody', 'text/plain "body"'],
    ['Content-Type twice: the first counts', 'Content-Type: text/html\nContent-Type: text/css\n\nx', 'text/html "x"'],
    ['broken Content-Type', 'Content-Type: !!\n\nx', 'text/plain "x"'],
    [
      'two parts with preamble and epilogue',
      'Content-Type: multipart/mixed; boundary=b\n\npre\n--b\n\none\n--b\nContent-Type: image/gif\n\ntwo\n\n--b--\nepi\n',
      ['multipart/mixed', 'text/plain "one"', 'image/gif "two\\n"'],
    ],
    [
      'missing end boundary',
      'Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo\n',
      ['multipart/mixed', 'text/plain "one"', 'text/plain "two\\n"'],
    ],
    [
      'no boundary parameter',
      'Content-Type: multipart/mixed\n\n--b\n\none\n--b--\n',
      'multipart/mixed "--b\\n\\none\\n--b--\\n"',
    ],
    ['a boundary that never comes', 'Content-Type: multipart/mixed; boundary=b\n\nx\n', 'multipart/mixed "x\\n"'],
    [
      'inner boundary begins with the outer one',
      'Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=bb\n\n--bb\n\none\n--bb\n\ntwo\n--bb--\n--b\n\nthree\n--b--\n',
      ['multipart/mixed', ['multipart/alternative', 'text/plain "one"', 'text/plain "two"'], 'text/plain "three"'],
    ],
    [
      'outer boundary begins with the inner one',
      'Content-Type: multipart/mixed; boundary=bb\n\n--bb\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\none\n--b--\n--bb\n\nthree\n--bb--\n',
      ['multipart/mixed', ['multipart/alternative', 'text/plain "one"'], 'text/plain "three"'],
    ],
    [
      'inner multipart without end: the outer boundary ends it',
      'Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/alternative; boundary=i\n\n--i\n\none\n--o\n\ntwo\n--o--\n',
      ['multipart/mixed', ['multipart/alternative', 'text/plain "one"'], 'text/plain "two"'],
    ],
    [
      'digest: parts are messages unless they say otherwise',
      'Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: one\n\nbody\n--b\nContent-Type: text/plain\n\nx\n--b--\n',
      ['multipart/digest', ['message/rfc822', 'text/plain "body"'], 'text/plain "x"'],
    ],
    [
      'message in a part, multipart in the message',
      'Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: message/rfc822\n\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\none\n--i--\n--o--\n',
      ['multipart/mixed', ['message/rfc822', ['multipart/mixed', 'text/plain "one"']]],
    ],
    [
      'message/global is a message too',
      'Content-Type: message/global\n\nA: b\n\nx',
      ['message/global', 'text/plain "x"'],
    ],
    [
      'missing blank line: the boundary ends the header',
      'Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n--b\n\ntwo\n--b--\n',
      ['multipart/mixed', 'text/html ""', 'text/plain "two"'],
    ],
    [
      'blanks after a boundary',
      'Content-Type: multipart/mixed; boundary=b\n\n--b \t\n\none\n--b-- \n',
      ['multipart/mixed', 'text/plain "one"'],
    ],
    [
      'blanks inside of a quoted boundary, none at its end',
      'Content-Type: multipart/mixed; boundary="a b "\n\n--a b\n\none\n--a b--\n',
      ['multipart/mixed', 'text/plain "one"'],
    ],
    [
      'dashes that are no boundary',
      'Content-Type: multipart/mixed; boundary=b\n\n--b\n\n-\n--\n--c\n ---b\n-- b\n--b--\n',
      ['multipart/mixed', 'text/plain "-\\n--\\n--c\\n ---b\\n-- b"'],
    ],
    [
      'NUL octets',
      'Content-Type: multipart/mixed; boundary=b\n\n--b\n\n\0\0\n--b--\n',
      ['multipart/mixed', 'text/plain "\\u0000\\u0000"'],
    ],
    [
      'after the end a boundary means nothing',
      'Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n--b\n\ntwo\n',
      ['multipart/mixed', 'text/plain "one"'],
    ],
  ];
  for (const [name, text, want] of cases) {
    for (const [ends, octets] of [
      ['CRLF', crlf(text)],
      ['LF', Buffer.from(text, 'latin1')],
    ] as const) {
      test(`${name} (${ends})`, () => {
        const root = scanMessage(octets);
        expect(outline(root, octets)).toEqual(want);
        expect(findTreeBreaches(root, octets.length)).toEqual([]);
      });
    }
  }

  test('a boundary of more than 2 kB', () => {
    const boundary = 'x'.repeat(5000);
    const octets = crlf(
      `Content-Type: multipart/mixed; boundary=${boundary}\n\n--${boundary}\n\none\n--${boundary}y\n--${boundary}--\n`,
    );
    expect(scanMessage(octets).children).toHaveLength(2);
    expect(scanInPieces(octets, [7])).toEqual(treeOf(scanMessage(octets)));
  });

  test('fields of a part', () => {
    const part = scanMessage(
      crlf(
        'Content-Type: Text/HTML; Charset="UTF-8"; name*0*=utf-8\'\'%e2%82; name*1*=%ac.txt\nContent-Transfer-Encoding: BASE64 (really)\n' +
          'Content-ID: <1@x>\nContent-Description: a\n b\nContent-Disposition: Attachment; filename="=?utf-8?Q?=C3=BC?="\n' +
          'Content-Language: en, de\nContent-Location: http://x/\nContent-MD5: abc\n\nx\ny\n',
      ),
    );
    expect(part).toMatchObject({
      type: 'text',
      subtype: 'html',
      charset: 'utf-8',
      encoding: 'base64',
      id: '<1@x>',
      lines: 2,
    });
    expect(part).toMatchObject({ description: 'a b', language: ['en', 'de'], location: 'http://x/', md5: 'abc' });
    expect(part.params.get('name')).toBe('€.txt');
    expect(part.disposition?.kind).toBe('attachment');
    expect(part.disposition?.params.get('filename')).toBe('ü');
  });

  test('lines of text and messages do not count the line end before a boundary', () => {
    const octets = crlf(
      'Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\ntwo\n--b\nContent-Type: message/rfc822\n\nA: b\n\none\n--b--\n',
    );
    expect(scanMessage(octets).children.map(({ lines }) => lines)).toEqual([1, 2]);
  });
});

describe('scanMessage: limits', () => {
  test('depth: the part at the limit is opaque, its siblings are not', () => {
    let text = '';
    for (let level = 0; level < 20; level++)
      text += `Content-Type: multipart/mixed; boundary=b${level}x\n\n--b${level}x\n`;
    const root = scanMessage(crlf(`${text}\ndeep\n--b0x\n\nlast\n`), { depth: 5 });
    expect(root.truncated).toBe(true);
    expect(root.children.map(({ truncated }) => truncated)).toEqual([true, false]);
    expect(Math.max(...[...partsOf(root)].map(({ part }) => (part.children.length > 0 ? 1 : 0)))).toBe(1);
    expect([...partsOf(root)]).toHaveLength(6);
  });

  test('ten thousand levels and a message inside of itself stop at a hundred', () => {
    const multiparts = Array.from(
      { length: 10_000 },
      (_, level) => `Content-Type: multipart/mixed; boundary=b${level}x\n\n--b${level}x\n`,
    ).join('');
    expect([...partsOf(scanMessage(crlf(multiparts)))]).toHaveLength(100);
    const messages = 'Content-Type: message/rfc822\n\n'.repeat(10_000);
    expect([...partsOf(scanMessage(crlf(messages)))]).toHaveLength(100);
  });

  test('parts: after the last one everything is opaque', () => {
    const octets = crlf(`Content-Type: multipart/mixed; boundary=b\n\n${'--b\n\nx\n'.repeat(50)}--b--\n`);
    const root = scanMessage(octets, { parts: 11 });
    expect(root.children).toHaveLength(10);
    expect(root.truncated).toBe(true);
    expect(root.children.some(({ truncated }) => truncated)).toBe(false);
    expect(findTreeBreaches(root, octets.length)).toEqual([]);
  });

  test('a million parts make ten thousand', () => {
    const octets = Buffer.from(`Content-Type: multipart/mixed; boundary=b\n\n${'--b\n\n\n'.repeat(1_000_000)}`);
    expect([...partsOf(scanMessage(octets))]).toHaveLength(10_000);
  });

  for (const [name, text] of [
    ['of one endless field', `A: ${'x'.repeat(5000)}`],
    ['of lines', 'A: xxxxxxxxxxxxxxxx\n'.repeat(300)],
    ['of folds', `A: x\n${' x\n'.repeat(1200)}`],
  ] as const) {
    test(`a header ${name} beyond the limit is cut, the rest is body`, () => {
      const octets = Buffer.from(text);
      const root = scanMessage(octets, { headerBytes: 1000 });
      expect(root.truncated).toBe(true);
      expect(root.bodyStart).toBeLessThanOrEqual(1000);
      expect(root.bodyEnd).toBe(octets.length);
      for (const size of [1, 7, 999, 1000, 1001])
        expect(scanInPieces(octets, [size], { headerBytes: 1000 })).toEqual(treeOf(root));
    });
  }

  test('hundred megabytes, of header or of body, leave a megabyte at most', () => {
    for (const [start, piece] of [
      ['A: ', 'x'.repeat(65_536)],
      ['A: b\r\n', 'A: b\r\n'.repeat(10_000)],
      ['Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n', `${'x'.repeat(76)}\r\n`.repeat(800)],
    ] as const) {
      const scanner = new MessageScanner();
      const octets = Buffer.from(piece);
      scanner.write(Buffer.from(start));
      let bytes = start.length;
      for (; bytes < 100_000_000; bytes += octets.length) scanner.write(octets);
      const root = scanner.end();
      expect(root.bodyEnd).toBe(bytes);
      const kept = [...partsOf(root)].reduce((sum, { part }) => sum + part.header.text.length, 0);
      expect(kept).toBeLessThanOrEqual(1024 * 1024);
      expect(root.truncated).toBe(start.startsWith('A'));
    }
  });

  test('all headers together are bounded', () => {
    const part = `--b\nX: ${'x'.repeat(1000)}\n\n\n`;
    const root = scanMessage(Buffer.from(`Content-Type: multipart/mixed; boundary=b\n\n${part.repeat(100)}`), {
      totalHeaderBytes: 10_000,
    });
    expect(root.children.length).toBeLessThan(12);
    expect(root.truncated).toBe(true);
  });
});

/** Scans in pieces whose sizes go round. */
function scanInPieces(octets: Buffer, sizes: readonly number[], limits = {}): unknown {
  const scanner = new MessageScanner(limits, 1);
  let at = 0;
  for (let index = 0; at < octets.length; index++) {
    const end = at + Math.max(1, sizes[index % sizes.length] ?? 1);
    const piece = Uint8Array.prototype.slice.call(octets, at, end);
    scanner.write(piece);
    piece.fill(0x2d);
    at = end;
  }
  return treeOf(scanner.end());
}

const fragments = fc.constantFrom(
  ...[
    '\n',
    '\r\n',
    '\n',
    '\r',
    '--',
    '-',
    '--a',
    '--a--',
    '--ab',
    '--ab--',
    '\n--a\n',
    '\r\n--a--\r\n',
    '\n--ab\n',
    ' ',
    '\t',
    ':',
    'x',
    '\0',
    'ü',
  ],
  ...[
    'Content-Type: multipart/mixed; boundary=a\n\n',
    'Content-Type: multipart/digest; boundary=ab\r\n\r\n',
    'Content-Type: message/rfc822\n\n',
  ],
  ...[
    'Content-Type: multipart/mixed;\n boundary="a b"\n',
    'Subject: x\n',
    'From: a@b, "c" <d@e>\r\n',
    'Content-Transfer-Encoding: base64\n',
  ],
);
const messages = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(fragments, { maxLength: 60 }).map((parts) => Buffer.from(parts.join(''), 'latin1')),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((octets) => Buffer.from(octets)) },
);
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
const limits = fc.record(
  {
    depth: fc.integer({ min: 1, max: 6 }),
    parts: fc.integer({ min: 1, max: 8 }),
    headerBytes: fc.integer({ min: 1, max: 80 }),
  },
  { requiredKeys: [] },
);

describe('scanMessage: properties', () => {
  test('offsets are in bounds, parts lie inside of each other', () => {
    fc.assert(
      fc.property(messages, limits, (octets, some) => {
        expect(findTreeBreaches(scanMessage(octets, some), octets.length)).toEqual([]);
      }),
      { numRuns: 3000, seed: 1 },
    );
  });

  test('the tree does not depend on the pieces', () => {
    fc.assert(
      fc.property(messages, sizes, limits, (octets, pieces, some) => {
        expect(scanInPieces(octets, pieces, some)).toEqual(treeOf(scanMessage(octets, some)));
      }),
      { numRuns: 3000, seed: 2 },
    );
  });

  test('octet by octet a megabyte of header is no trouble', () => {
    const scanner = new MessageScanner();
    const octet = Buffer.from('x');
    for (let count = 0; count < 1_100_000; count++) scanner.write(octet);
    expect(scanner.end().truncated).toBe(true);
  });
});
