import { expect, test } from 'vitest';
import fc from 'fast-check';
import { parseHeader } from './parse-header.ts';
import { printBody, printBodyStructure } from './print-body-structure.ts';
import { printEnvelope } from './print-envelope.ts';
import { printImapNString, printImapString } from './print-imap-string.ts';
import { scanMessage } from './scan-message.ts';
import { readImapValue } from './testing/read-imap-list.ts';

for (const [octets, want] of [
  ['', '""'],
  ['abc', '"abc"'],
  ['a"b\\c', '"a\\"b\\\\c"'],
  ['a\tb', '"a\tb"'],
  ['a\r\nb', '{4}\r\na\r\nb'],
  ['\xfc', '{1}\r\n\xfc'],
  ['a\0b', '"ab"'],
  ['\0\xfc', '{1}\r\n\xfc'],
] as const) {
  test(`string ${JSON.stringify(octets)}`, () => expect(printImapString(octets)).toBe(want));
}

test('nstring', () => expect([printImapNString(undefined), printImapNString('')]).toEqual(['NIL', '""']));

test('any octets are read back, but NUL', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (octets) => {
      const text = Buffer.from(octets).toString('latin1');
      expect(readImapValue(printImapString(text))).toBe(text.replaceAll('\0', ''));
    }),
    { seed: 14, numRuns: 1000 },
  );
});

const envelope = (text: string): unknown => readImapValue(printEnvelope(parseHeader(text)));

test('ENVELOPE of an empty header', () =>
  expect(printEnvelope(parseHeader(''))).toBe('(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)'));

test('ENVELOPE: sender and reply-to are from where they are missing or empty', () => {
  const from = [[null, null, 'a', 'b']];
  expect(envelope('From: a@b\r\nSender:\r\nReply-To: ,\r\n')).toEqual([
    null,
    null,
    from,
    from,
    from,
    null,
    null,
    null,
    null,
    null,
  ]);
});

test('ENVELOPE: groups, literals, all fields', () => {
  expect(
    envelope(
      'Date: today\r\nSubject: =?utf-8?Q?x?=\r\n y "z"\r\nFrom: "A \\"B\\"" <a@b>\r\nTo: g:c@d;\r\nCc: \xfc <e@f>\r\nBcc: <@r:h@i>\r\nIn-Reply-To: <1@x>\r\nMessage-ID: <2@x>\r\n',
    ),
  ).toEqual([
    'today',
    '=?utf-8?Q?x?= y "z"',
    [['A "B"', null, 'a', 'b']],
    [['A "B"', null, 'a', 'b']],
    [['A "B"', null, 'a', 'b']],
    [
      [null, null, 'g', null],
      [null, null, 'c', 'd'],
      [null, null, null, null],
    ],
    [['\xfc', null, 'e', 'f']],
    [[null, '@r', 'h', 'i']],
    '<1@x>',
    '<2@x>',
  ]);
});

test('BODY and BODYSTRUCTURE of a simple message', () => {
  const root = scanMessage(
    Buffer.from(
      'Content-Type: text/plain; charset=utf-8; format=flowed\r\nContent-ID: <1>\r\nContent-Language: en, de\r\n\r\nx\r\n',
    ),
  );
  const basic = '("text" "plain" ("charset" "utf-8" "format" "flowed") "<1>" NIL "7bit" 3 1';
  expect(printBody(root)).toBe(`${basic})`);
  expect(printBodyStructure(root)).toBe(`${basic} NIL NIL ("en" "de") NIL)`);
});

test('a multipart without parts has an empty text as its only one', () => {
  const root = scanMessage(Buffer.from('Content-Type: multipart/mixed\r\n\r\nx\r\n'));
  expect(printBody(root)).toBe('(("text" "plain" NIL NIL NIL "7bit" 0 0) "mixed")');
  expect(printBodyStructure(root)).toBe(
    '(("text" "plain" NIL NIL NIL "7bit" 0 0 NIL NIL NIL NIL) "mixed" NIL NIL NIL NIL)',
  );
});

test('beyond a limit a composite part is octets', () => {
  const text = 'Content-Type: message/rfc822\r\n\r\nContent-Type: message/rfc822\r\n\r\nA: b\r\n\r\nx\r\n';
  expect(printBody(scanMessage(Buffer.from(text), { depth: 2 }))).toMatch(
    /^\("message" "rfc822" .*\("application" "octet-stream" NIL NIL NIL "7bit" 11\) 5\)$/s,
  );
  expect(
    printBody(scanMessage(Buffer.from('Content-Type: multipart/x; boundary=b\r\n\r\n--b\r\n'), { depth: 1 })),
  ).toMatch(/^\("application" "octet-stream"/);
});

test('any message can be read by a client', () => {
  const pieces = fc.constantFrom(
    ...[
      '--a\r\n',
      '--a--\r\n',
      '\r\n',
      '\r\n\r\n',
      'x',
      '\0',
      '"',
      '\\',
      '(',
      ')',
      '{5}\r\n',
      '\xfc',
      'From: ',
      'Subject: ',
      'Content-ID: ',
      'Content-Language: ',
      ', ',
    ],
    ...[
      'Content-Type: multipart/mixed; boundary=a\r\n\r\n',
      'Content-Type: message/rfc822\r\n\r\n',
      'Content-Disposition: x; a="b"; c*0*=d; c*1="',
      'Content-MD5: NIL\r\n',
    ],
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      const root = scanMessage(Buffer.from(parts.join(''), 'latin1'));
      for (const printed of [printEnvelope(root.header), printBody(root), printBodyStructure(root)]) {
        expect(Array.isArray(readImapValue(printed))).toBe(true);
        // oxlint-disable-next-line no-control-regex
        expect(printed).toMatch(/^[\x01-\xff]*$/);
      }
    }),
    { seed: 15, numRuns: 2000 },
  );
});

/** What both reference servers answer, found by comparing generated messages. */
const structures: readonly (readonly [string, string, string])[] = [
  [
    'the last Content-Disposition counts',
    'Content-Disposition: inline\nContent-Disposition: attachment; filename=x',
    '("text" "plain" NIL NIL NIL "7bit" 2 1 NIL ("attachment" ("filename" "x")) NIL NIL)',
  ],
  [
    'a Content-Type or an encoding that cannot be read leaves it to the next',
    'Content-Type: foo\nContent-Type: text/html\nContent-Transfer-Encoding:\nContent-Transfer-Encoding: base64',
    '("text" "html" NIL NIL NIL "base64" 2 1 NIL NIL NIL NIL)',
  ],
  [
    'parameters without value, without name, pieces without the first',
    'Content-Type: text/plain; a=; =b; c*1=d',
    '("text" "plain" ("a" "" "" "b" "c*1" "d") NIL NIL "7bit" 2 1 NIL NIL NIL NIL)',
  ],
  [
    'parameters of no disposition',
    'Content-Disposition: ; filename=x',
    '("text" "plain" NIL NIL NIL "7bit" 2 1 NIL ("" ("filename" "x")) NIL NIL)',
  ],
  [
    'blanks at the end of texts',
    'Content-ID:  <a@b> \nContent-Description: a\n b ',
    '("text" "plain" NIL "<a@b> " "a b " "7bit" 2 1 NIL NIL NIL NIL)',
  ],
  [
    'a boundary in pieces (RFC 2231)',
    'Content-Type: multipart/mixed; boundary*0=x; boundary*1=y\n\n--xy\n\na\n--xy--',
    '(("text" "plain" NIL NIL NIL "7bit" 1 0 NIL NIL NIL NIL) "mixed" ("boundary" "xy") NIL NIL NIL)',
  ],
];
for (const [name, text, want] of structures) {
  test(`BODYSTRUCTURE: ${name}`, () => {
    const message = text.includes('\n\n') ? text : `${text}\n\n\n`;
    expect(printBodyStructure(scanMessage(Buffer.from(message.replaceAll('\n', '\r\n'))))).toBe(want);
  });
}

test('ENVELOPE: an empty local part is not a missing one', () => {
  const [, , , , , to] = envelope('To: ""@a, @b, <c@d@e>\r\n') as unknown[];
  expect(to).toEqual([
    [null, null, '', 'a'],
    [null, null, 'MISSING_MAILBOX', 'b'],
    [null, null, 'c', 'SYNTAX_ERROR'],
  ]);
});
