import { expect, test } from 'vitest';
import fc from 'fast-check';
import { printHeaderField, printMailbox } from './compose-header.ts';
import { decodeHeaderText } from './decode-words.ts';

import { parseAddresses } from './parse-addresses.ts';
import { parseHeader } from './parse-header.ts';

for (const [name, value, want] of [
  ['Subject', 'Hello', 'Subject: Hello\r\n'],
  ['Return-Path', '<a@b>', 'Return-Path: <a@b>\r\n'],
  ['X', '', 'X: \r\n'],
  ['Subject', 'a\r\nBcc: evil@x', 'Subject: a Bcc: evil@x\r\n'],
  ['Subject', 'Grüße', 'Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n'],
  ['Subject', 'Привет', 'Subject: =?utf-8?B?0J/RgNC40LLQtdGC?=\r\n'],
] as const) {
  test(`${name}: ${JSON.stringify(value)}`, () => expect(printHeaderField(name, value)).toBe(want));
}

test('any value: one field, short lines, the same text when read', () => {
  const values = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc
      .array(fc.constantFrom('word', ' ', 'ü', 'x'.repeat(1200), '\r\n', '\0', '=?', ':', '😀'), { maxLength: 30 })
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(values, (value) => {
      const printed = printHeaderField('Subject', value);
      const { fields } = parseHeader(printed);
      expect(fields).toHaveLength(1);
      expect(fields[0]?.end).toBe(printed.length);
      for (const line of printed.split('\r\n')) expect(line.length).toBeLessThanOrEqual(998);
      // oxlint-disable-next-line no-control-regex
      expect(printed).toMatch(/^[\x20-\x7e\r\n]*$/);
      for (const line of printed.split('\r\n').slice(1, -1)) expect(line).toMatch(/^ +\S/);
    }),
    { seed: 16, numRuns: 2000 },
  );
});

test('a value of words is read back', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', 'word', 'grün', 'Привет', '😀😀😀', 'longer-word-here'), {
        minLength: 1,
        maxLength: 60,
      }),
      (words) => {
        const value = words.join(' ');
        expect(decodeHeaderText(parseHeader(printHeaderField('Subject', value)).fields[0]?.raw ?? '')).toBe(value);
      },
    ),
    { seed: 17, numRuns: 500 },
  );
});

test('a megabyte without blanks is folded', () => {
  expect(printHeaderField('X', 'x'.repeat(1_000_000)).split('\r\n').length).toBeGreaterThan(1000);
});

for (const [name, want] of [
  ['', 'a@b'],
  ['Joe Doe', 'Joe Doe <a@b>'],
  ['Doe, Joe', '"Doe, Joe" <a@b>'],
  ['a "b" \\', '"a \\"b\\" \\\\" <a@b>'],
  ['Jürgen', '=?utf-8?Q?J=C3=BCrgen?= <a@b>'],
  ['=?utf-8?Q?x?=', '"=?utf-8?Q?x?=" <a@b>'],
] as const) {
  test(`mailbox "${name}"`, () => expect(printMailbox(name, 'a@b')).toBe(want));
}

test('any display name leads to one address', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (name) => {
      const [first, ...others] = parseAddresses(printMailbox(name, 'a@b'));
      expect([first?.localPart, first?.domain, others.length]).toEqual(['a', 'b', 0]);
    }),
    { seed: 18, numRuns: 1000 },
  );
});
