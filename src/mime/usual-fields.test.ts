import fc from 'fast-check';
import { expect, test } from 'vitest';
import { selectFields } from './select-header-fields.ts';
import { selectUsualFields, usualFields } from './usual-fields.ts';

const piece = fc.constantFrom(
  ...[
    'From: a',
    'subject:b',
    'X-Else: c',
    ' folded',
    '\tfolded: too',
    'nothing',
    'To : d',
    ': e',
    '',
    '\r',
    'Date: \xe4',
  ],
  ...['Received: f', 'Content-Type: text/plain', 'Message-ID'],
);
const lineEnd = fc.constantFrom('\r\n', '\r\n', '\n');
const headers = fc
  .array(fc.tuple(piece, lineEnd), { maxLength: 12 })
  .map((lines) => lines.map(([text, end]) => text + end).join(''))
  .chain((text) => fc.constantFrom(text, `${text}\r\n`, text.replace(/\r?\n$/, '')));

test('any choice of usual fields is the same out of what is kept and out of the whole header', () => {
  const names = fc.subarray([...usualFields]).map((some) => new Set(some));
  fc.assert(
    fc.property(headers, names, (header, wanted) => {
      const kept = selectUsualFields(header) ?? '';
      expect(selectFields(kept, wanted, false)).toBe(selectFields(header, wanted, false));
    }),
    { numRuns: 3000 },
  );
});

test('large ones and NUL are not kept', () => {
  expect(selectUsualFields(`To: ${'x'.repeat(2040)}\r\n\r\n`)).toHaveLength(2048);
  expect(selectUsualFields(`To: ${'x'.repeat(2041)}\r\n\r\n`)).toBeUndefined();
  expect(selectUsualFields(`X: ${'x'.repeat(5000)}\r\n\r\n`)).toBe('\r\n');
  expect(selectUsualFields('To: \0\r\n\r\n')).toBeUndefined();
});
