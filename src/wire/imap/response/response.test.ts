import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseResponse } from './parse-response.ts';
import { readBodyStructure } from './read-body-structure.ts';
import { readEsearch } from './read-esearch.ts';
import { readFetched } from './read-fetched.ts';
import { readListed, readStatus } from './read-listed.ts';
import { ResponseReader, type ReaderEvent } from './response-reader.ts';
import { expandRanges, parseNumberSet } from './uid-set.ts';

/** All events of these octets, given in pieces of a size. */
function events(octets: Buffer, step: number, streamFrom = Infinity): readonly ReaderEvent[] {
  const reader = new ResponseReader({ maxTextBytes: 2000, maxLiteralBytes: 2000 });
  reader.streamFrom = streamFrom;
  const found: ReaderEvent[] = [];
  for (let at = 0; at < octets.length; at += step) {
    reader.push(octets.subarray(at, at + step));
    for (let event = reader.next(); event; event = reader.next()) {
      found.push(event);
      if (event.kind === 'fault') return found;
    }
  }
  return found;
}

function parse(text: string): unknown {
  const [event] = events(Buffer.from(text, 'latin1'), 7);
  if (event?.kind !== 'response') return event;
  const parsed = parseResponse(event.parts);
  return parsed.ok ? parsed.value : parsed.error;
}

function dataOf(text: string): readonly Parameters<typeof readFetched>[2][number][] {
  const parsed = parse(text) as { readonly values: Parameters<typeof readFetched>[2] };
  return parsed.values;
}

describe('responses', () => {
  test.each([
    [
      '* OK [UIDNEXT 4392] Predicted\r\n',
      { kind: 'status', status: 'OK', code: { name: 'UIDNEXT', values: ['4392'] }, text: 'Predicted' },
    ],
    [
      'a1 NO [OVERQUOTA] full\r\n',
      { kind: 'tagged', tag: 'a1', status: 'NO', code: { name: 'OVERQUOTA', values: [] }, text: 'full' },
    ],
    ['a1 WHAT is this\r\n', { kind: 'tagged', tag: 'a1', status: 'BAD', code: undefined, text: 'is this' }],
    [
      '* OK [X "]" y] z\r\n',
      { kind: 'status', status: 'OK', code: { name: 'X', values: [Buffer.from(']'), 'y'] }, text: 'z' },
    ],
    ['* OK [unclosed\r\n', { kind: 'status', status: 'OK', code: undefined, text: '[unclosed' }],
    ['+ \r\n', { kind: 'continue', text: '' }],
    ['+\r\n', { kind: 'continue', text: '' }],
    ['* 23 EXISTS\r\n', { kind: 'data', name: 'EXISTS', number: 23, values: [] }],
    [
      '* LIST (\\Noselect) "/" {3}\r\na b\r\n',
      { kind: 'data', name: 'LIST', number: undefined, values: [['\\Noselect'], Buffer.from('/'), Buffer.from('a b')] },
    ],
    ['* SEARCH\n', { kind: 'data', name: 'SEARCH', number: undefined, values: [] }],
  ])('%j', (text, response) => {
    expect(parse(text)).toEqual(response);
  });

  test.each([
    '* LIST (\r\n',
    '* LIST )\r\n',
    '* LIST "a\r\n',
    '*\r\n',
    '\r\n',
    '* 1\r\n',
    `* X ${'('.repeat(300)}\r\n`,
  ])('%j is none', (text) => {
    expect(parse(text)).toMatchObject({ kind: 'malformed' });
  });

  test('the same whatever the pieces, and never a throw', () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    const token = fc.constantFrom(
      '* ',
      'a1 OK ',
      '(',
      ')',
      '"',
      '\\',
      '{3}\r\n',
      '{0}\r\n',
      'abc',
      '\r\n',
      ' ',
      'NIL',
      '[',
      ']',
      '1',
      '~{2}\r\n',
    );
    const words = fc
      .array(token, { maxLength: 40 })
      .map((parts) => new Uint8Array(Buffer.from(parts.join(''), 'latin1')));
    fc.assert(
      fc.property(fc.oneof(bytes, words), fc.integer({ min: 1, max: 20 }), (octets, step) => {
        const whole = events(Buffer.from(octets), octets.length + 1);
        expect(events(Buffer.from(octets), step)).toEqual(whole);
        for (const event of whole) if (event.kind === 'response') parseResponse(event.parts);
      }),
    );
  });

  test('limits', () => {
    expect(events(Buffer.from(`* X ${'y'.repeat(3000)}`), 100).at(-1)).toEqual({
      kind: 'fault',
      fault: 'text-too-long',
    });
    expect(events(Buffer.from('* X {3000}\r\n'), 100).at(-1)).toEqual({ kind: 'fault', fault: 'literal-too-long' });
    expect(events(Buffer.from('* X {99999999999999999999}\r\n'), 100).at(-1)).toEqual({
      kind: 'fault',
      fault: 'literal-too-long',
    });
  });

  test('a streamed literal comes in pieces and is not kept', () => {
    const octets = Buffer.from(`* 1 FETCH (BODY[] {5000}\r\n${'x'.repeat(5000)} UID 7)\r\n`);
    const found = events(octets, 1000, 1);
    const pieces = found.flatMap((event) => (event.kind === 'piece' ? [event.octets] : []));
    expect(Buffer.concat(pieces)).toEqual(Buffer.alloc(5000, 'x'));
    expect(found.at(-1)).toMatchObject({
      kind: 'response',
      parts: ['* 1 FETCH (BODY[] ', { sizeBytes: 5000 }, ' UID 7)'],
    });
  });
});

test('a FETCH response', () => {
  const text =
    '* 12 FETCH (FLAGS (\\Seen $A) UID 4 MODSEQ (9007199254740993) INTERNALDATE "17-Jul-1996 02:44:25 -0700" RFC822.SIZE 4286 ' +
    'ENVELOPE ("Wed" "=?utf-8?Q?caf=C3=A9?=" (("Ann" NIL "ann" "example.org")) NIL NIL ((NIL NIL "team" NIL)("B" NIL "b" "x.test")(NIL NIL NIL NIL)) NIL NIL NIL "<1@x>") ' +
    'BODY[HEADER.FIELDS (FROM TO)]<0> {4}\r\na: b BODY[1] NIL PREVIEW "short" EMAILID (M1) THREADID NIL SAVEDATE NIL)\r\n';
  const message = readFetched('FETCH', 12, dataOf(text));
  expect(message).toMatchObject({
    ...{
      seq: 12,
      uid: 4,
      flags: ['\\Seen', '$A'],
      modseq: 9007199254740993n,
      sizeBytes: 4286,
      preview: 'short',
      emailId: 'M1',
    },
    ...{ threadId: undefined, saveDate: undefined, internalDate: new Date('1996-07-17T09:44:25Z') },
    envelope: {
      ...{
        date: 'Wed',
        subject: 'café',
        messageId: '<1@x>',
        from: [{ name: 'Ann', address: 'ann@example.org' }],
        sender: [],
      },
      to: [
        { name: 'team', address: '' },
        { name: 'B', address: 'b@x.test' },
      ],
    },
  });
  expect([...message.sections]).toEqual([
    ['BODY[HEADER.FIELDS (FROM TO)]<0>', Buffer.from('a: b')],
    ['BODY[1]', null],
  ]);
});

test('a body structure', () => {
  const text =
    '* 1 FETCH (BODYSTRUCTURE (("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "7BIT" 12 1 NIL ("inline" NIL) "en" NIL)' +
    '("MESSAGE" "RFC822" NIL NIL "a mail" "8BIT" 300 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) ("TEXT" "HTML" NIL NIL NIL "BASE64" 8 1) 9 NIL ("attachment" ("FILENAME" "m.eml")) NIL) ' +
    '"MIXED" ("BOUNDARY" "b") NIL ("en" "de")))\r\n';
  const root = readFetched('FETCH', 1, dataOf(text)).bodyStructure;
  expect(root).toMatchObject({ part: '', type: 'multipart', subtype: 'mixed', language: ['en', 'de'] });
  expect(root?.params.get('boundary')).toBe('b');
  expect(root?.children[0]).toMatchObject({
    part: '1',
    type: 'text',
    subtype: 'plain',
    sizeBytes: 12,
    disposition: 'inline',
    language: ['en'],
  });
  expect(root?.children[1]).toMatchObject({
    part: '2',
    type: 'message',
    description: 'a mail',
    disposition: 'attachment',
  });
  expect(root?.children[1]?.dispositionParams.get('filename')).toBe('m.eml');
  expect(root?.children[1]?.children[0]).toMatchObject({ part: '2.1', subtype: 'html', encoding: 'base64' });
  expect(readBodyStructure(['TEXT'])).toMatchObject({ part: '1', type: 'text', subtype: '' });
  expect(readBodyStructure(null)).toBeUndefined();
});

test('searches, lists and sets', () => {
  expect(readEsearch(dataOf('* ESEARCH (TAG "a1") UID MIN 2 COUNT 3 ALL 2,4:5 MODSEQ 7\r\n'))).toEqual({
    ...{ all: [2, 4, 5], min: 2, max: undefined, count: 3, modseq: 7n },
  });
  expect(readListed(dataOf('* LIST (\\Sent) "/" Entw&APw-rfe\r\n'), false)).toMatchObject({
    name: 'Entwürfe',
    delimiter: '/',
  });
  expect(readListed(dataOf('* LIST () NIL "Entw\xc3\xbcrfe"\r\n'), true)).toMatchObject({
    name: 'Entwürfe',
    delimiter: undefined,
  });
  expect(readStatus(dataOf('* STATUS inbox (MESSAGES 3 HIGHESTMODSEQ 9 MAILBOXID (F1))\r\n'), false)).toMatchObject({
    ...{ name: 'INBOX', status: { messages: 3, highestModseq: 9n, mailboxId: 'F1', unseen: undefined } },
  });
  expect(expandRanges(parseNumberSet('5:3,9') ?? [])).toEqual([3, 4, 5, 9]);
  expect(expandRanges([[1, 4_294_967_295]])).toBeUndefined();
  expect(parseNumberSet('1:*')).toBeUndefined();
});
