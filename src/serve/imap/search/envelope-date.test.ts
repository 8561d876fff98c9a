import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseHeader, unfold } from '../../../mime/parse-header.ts';
import { printEnvelope } from '../../../mime/print-envelope.ts';
import { envelopeDate } from './envelope-date.ts';

const dateOf = (value: string): string =>
  envelopeDate(printEnvelope(parseHeader(`Date:${value}\r\nSubject: "x"\r\n\r\n`)));

for (const value of ['Mon, 6 Nov 2023 23:30:00 -0500', 'a "quoted" \\ one', '\u00e9 8-bit', '']) {
  test(`out of the envelope as it stood in the field: ${JSON.stringify(value)}`, () =>
    expect(dateOf(value)).toBe(value));
}

test('no field', () => expect(envelopeDate(printEnvelope(parseHeader('Subject: "Date"\r\n\r\n')))).toBe(''));

test('whatever the field holds', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)) }),
      (text) => {
        const value = text.replaceAll(/[\r\n]/g, '');
        expect(dateOf(value)).toBe(unfold(value));
      },
    ),
  );
});
