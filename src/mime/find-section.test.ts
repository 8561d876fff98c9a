import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { findPart, findSection } from './find-section.ts';
import type { Section } from './find-section.ts';
import { movePartsBack, parsePartMap, printPartMap } from './part-map.ts';
import type { MappedPart } from './part-map.ts';
import { scanMessage } from './scan-message.ts';
import { selectHeaderFields } from './select-header-fields.ts';

const crlf = (text: string): Buffer => Buffer.from(text.replace(/\n/g, '\r\n'));

/** The example of RFC 9051 section 6.4.5.1: the part numbers of a complex message. */
const complex = crlf(
  `Subject: root
Content-Type: multipart/mixed; boundary=m

--m
Content-Type: text/plain

1
--m
Content-Type: application/octet-stream

2
--m
Content-Type: message/rfc822
X-Mime: 3

Subject: three
Content-Type: multipart/mixed; boundary=n

--n
Content-Type: text/plain

3.1
--n
Content-Type: application/octet-stream

3.2
--n--
--m
Content-Type: multipart/mixed; boundary=o

--o
Content-Type: image/gif
X-Mime: 4.1

4.1
--o
Content-Type: message/rfc822
X-Mime: 4.2

Subject: four-two
Content-Type: multipart/mixed; boundary=p

--p
Content-Type: text/plain

4.2.1
--p
Content-Type: multipart/alternative; boundary=q

--q
Content-Type: text/plain

4.2.2.1
--q
Content-Type: text/richtext

4.2.2.2
--q--
--p--
--o--
--m--
`,
);

/** A message with a single part in it, inside of a part. */
const single = crlf('Subject: outer\nContent-Type: message/rfc822\n\nSubject: inner\n\nbody\n');

function mapped(octets: Uint8Array): MappedPart {
  const parsed = parsePartMap(printPartMap(scanMessage(octets)));
  if (!parsed.ok) throw new Error(parsed.error.expected);
  return parsed.value;
}

function read(octets: Buffer, path: readonly number[], text?: Section['text'], fields?: string[]): string | undefined {
  const results = [scanMessage(octets), mapped(octets)].map((root) => {
    const found = findSection(root, { path, text, fields });
    if (found === undefined) return undefined;
    const piece = octets.subarray(found.start, found.end);
    const wanted = found.fields === undefined ? piece : selectHeaderFields(piece, found.fields.names, found.fields.not);
    return Buffer.from(wanted).toString().replaceAll('\r\n', '\n');
  });
  expect(results[0]).toEqual(results[1]);
  return results[0];
}

describe('sections, of the scanned and of the stored tree', () => {
  for (const path of ['1', '2', '3.1', '3.2', '4.1', '4.2.1', '4.2.2.1', '4.2.2.2']) {
    test(`BODY[${path}]`, () => expect(read(complex, path.split('.').map(Number))).toBe(path));
  }
  const cases: readonly [string, readonly number[], Section['text'], string[] | undefined, string | undefined][] = [
    ['HEADER', [], 'header', undefined, 'Subject: root\nContent-Type: multipart/mixed; boundary=m\n\n'],
    ['3.HEADER', [3], 'header', undefined, 'Subject: three\nContent-Type: multipart/mixed; boundary=n\n\n'],
    ['3.HEADER.FIELDS (SUBJECT)', [3], 'header.fields', ['SUBJECT'], 'Subject: three\n\n'],
    ['4.2.HEADER.FIELDS.NOT (content-type)', [4, 2], 'header.fields.not', ['content-type'], 'Subject: four-two\n\n'],
    ['3.MIME', [3], 'mime', undefined, 'Content-Type: message/rfc822\nX-Mime: 3\n\n'],
    ['4.1.MIME', [4, 1], 'mime', undefined, 'Content-Type: image/gif\nX-Mime: 4.1\n\n'],
    ['MIME of the message', [], 'mime', undefined, undefined],
    ['1.HEADER: part 1 is no message', [1], 'header', undefined, undefined],
    ['1.TEXT: part 1 is no message', [1], 'text', undefined, undefined],
    ['5', [5], undefined, undefined, undefined],
    ['0', [0], undefined, undefined, undefined],
    ['1.1: a leaf has no parts', [1, 1], undefined, undefined, undefined],
    ['3.3', [3, 3], undefined, undefined, undefined],
    ['3.1.1', [3, 1, 1], undefined, undefined, undefined],
  ];
  for (const [name, path, text, fields, want] of cases) {
    test(`BODY[${name}]`, () => expect(read(complex, path, text, fields)).toBe(want));
  }

  test('BODY[] and BODY[TEXT]', () => {
    expect(read(complex, [])).toBe(complex.toString().replaceAll('\r\n', '\n'));
    expect(`${read(complex, [], 'header')}${read(complex, [], 'text')}`).toBe(read(complex, []));
    expect(read(complex, [3], 'text')).toMatch(/^--n\n/);
    expect(`${read(complex, [3], 'header')}${read(complex, [3], 'text')}`).toBe(read(complex, [3]));
  });

  test('a message that is no multipart has one part', () => {
    const plain = crlf('Subject: x\n\nbody\n');
    expect(read(plain, [1])).toBe('body\n');
    expect(read(plain, [1], 'mime')).toBe('Subject: x\n\n');
    expect(read(plain, [2])).toBeUndefined();
    expect(read(plain, [1, 1])).toBeUndefined();
  });

  test('a message as the only part: 1 is the message, 1.1 its body', () => {
    expect(read(single, [1])).toBe('Subject: inner\n\nbody\n');
    expect(read(single, [1], 'header')).toBe('Subject: inner\n\n');
    expect(read(single, [1], 'text')).toBe('body\n');
    expect(read(single, [1, 1])).toBe('body\n');
    expect(read(single, [1, 2])).toBeUndefined();
  });

  test('findPart knows encoding and charset', () => {
    const octets = crlf('Content-Type: text/plain; charset=KOI8-R\nContent-Transfer-Encoding: Base64\n\naGk=\n');
    for (const root of [scanMessage(octets), mapped(octets)]) {
      expect(findPart(root, [1])).toMatchObject({
        type: 'text',
        subtype: 'plain',
        encoding: 'base64',
        charset: 'koi8-r',
      });
    }
  });
});

describe('part map', () => {
  test('is compact', () => expect(printPartMap(scanMessage(crlf('A: b\n\nx')))).toBe('[0,8,9,"text/plain"]'));

  test('what is printed is parsed to the same', () => {
    const pieces = fc.constantFrom(
      '--a\r\n',
      '--a--\r\n',
      '\r\n',
      'x',
      'Content-Type: multipart/mixed; boundary=a\r\n\r\n',
      'Content-Type: message/rfc822\r\n\r\n',
      'Content-Type: text/x; charset=u\r\n\r\n',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        const map = printPartMap(scanMessage(Buffer.from(parts.join(''))));
        const parsed = parsePartMap(map);
        expect(parsed.ok && printPartMap(parsed.value)).toBe(map);
      }),
      { seed: 13, numRuns: 1000 },
    );
  });

  for (const text of [
    '',
    '{}',
    '[]',
    '[1,2]',
    '[0,1,-1,"a/b"]',
    '[0,1,1.5,"a/b"]',
    '[0,1,2,3]',
    '[0,1,2,"a/b","","",[1]]',
    '[0,1,2,"a/b",1]',
  ]) {
    test(`refuses ${text}`, () => expect(parsePartMap(text).ok).toBe(false));
  }

  test('fields put in front move everything but the start of the header', () => {
    const added = Buffer.from('Return-Path: <>\r\n');
    const whole = Buffer.concat([added, complex]);
    expect(movePartsBack(mapped(complex), added.length)).toEqual(mapped(whole));
  });
});

test('a multipart without parts has the empty one that BODYSTRUCTURE shows', () => {
  const octets = crlf('Content-Type: multipart/mixed; boundary=x\n\nno boundary\n');
  const root = scanMessage(octets);
  expect(findSection(root, { path: [1] })).toEqual({ start: octets.length, end: octets.length });
  expect(findSection(root, { path: [2] })).toBeUndefined();
  expect(findSection(root, { path: [1, 1] })).toBeUndefined();
});
