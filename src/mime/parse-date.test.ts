import { expect, test } from 'vitest';
import fc from 'fast-check';
import { parseDate } from './parse-date.ts';
import { parseImapDate, printImapDate } from './print-imap-date.ts';

const iso = (text: string): string | undefined => {
  const date = parseDate(text);
  return date && `${new Date(date.ms).toISOString().slice(0, 19)} ${date.offsetMinutes}`;
};

const cases: readonly [string, string | undefined][] = [
  ['Fri, 21 Nov 1997 09:55:06 -0600', '1997-11-21T15:55:06 -360'],
  [' Tue, 1 Jul 2003 10:52:37 +0200', '2003-07-01T08:52:37 120'],
  ['1 Jul 2003 10:52 +0200', '2003-07-01T08:52:00 120'],
  [
    'Thu,\r\n      13\r\n        Feb\r\n          1969\r\n      23:32\r\n               -0330 (Newfoundland Time)',
    '1969-02-14T03:02:00 -210',
  ],
  ['21 Nov 97 09:55:06 GMT', '1997-11-21T09:55:06 0'],
  ['21 Nov 49 09:55:06 GMT', '2049-11-21T09:55:06 0'],
  ['21 Nov 103 09:55:06 GMT', '2003-11-21T09:55:06 0'],
  ['Fri, 21 Nov 1997 09(comment):   55  :  06 -0600', '1997-11-21T15:55:06 -360'],
  ['Fri, 21 Nov 1997 09:55:06 EST', '1997-11-21T14:55:06 -300'],
  ['Fri, 21 Nov 1997 09:55:06 PDT', '1997-11-21T16:55:06 -420'],
  ['Fri, 21 Nov 1997 09:55:06 UT', '1997-11-21T09:55:06 0'],
  ['Fri, 21 Nov 1997 09:55:06 Z', '1997-11-21T09:55:06 0'],
  ['Fri, 21 Nov 1997 09:55:06 A', '1997-11-21T09:55:06 0'],
  ['Fri, 21 Nov 1997 09:55:06 XYZ', '1997-11-21T09:55:06 0'],
  ['Fri, 21 Nov 1997 09:55:06', '1997-11-21T09:55:06 0'],
  ['Fri, 21 Nov 1997 09:55:06 -0000', '1997-11-21T09:55:06 0'],
  ['Fri, 21 Nov 1997 09:55:06 +02:00', '1997-11-21T07:55:06 120'],
  ['Fri, 21 Nov 1997 09:55:06 GMT+0200', '1997-11-21T07:55:06 120'],
  ['Fri, 21 Nov 1997 09:55:06 -0600 (CST)', '1997-11-21T15:55:06 -360'],
  ['Fri, 21 Nov 1997 09:55:06 -0600 (CST (really))', '1997-11-21T15:55:06 -360'],
  ['Fri Nov 21 09:55:06 1997', '1997-11-21T09:55:06 0'],
  ['Fri Nov 21 09:55:06 EST 1997', '1997-11-21T14:55:06 -300'],
  ['Friday, 21-Nov-97 09:55:06 GMT', '1997-11-21T09:55:06 0'],
  ['21-November-1997 09:55:06 GMT', '1997-11-21T09:55:06 0'],
  ['Thursday, April 09, 2003 9:00 PM', '2003-04-09T21:00:00 0'],
  ['Thursday, April 09, 2003 12:30 AM', '2003-04-09T00:30:00 0'],
  ['21 Nov 1997', '1997-11-21T00:00:00 0'],
  ['31 Dec 1998 23:59:60 GMT', '1999-01-01T00:00:00 0'],
  ['Fri, 31 Dec 9999 23:59:59 -2359', '+010000-01-01T23:58 -1439'],
  ['29 Feb 2004 00:00:00 GMT', '2004-02-29T00:00:00 0'],
  ['29 Feb 2003 00:00:00 GMT', undefined],
  ['32 Jan 2003 00:00:00 GMT', undefined],
  ['1 Jan 2003 24:00:00 GMT', undefined],
  ['1 Jan 2003 00:60:00 GMT', undefined],
  ['1 Jan 0000 00:00:00 GMT', undefined],
  ['1 Jan 10000 00:00:00 GMT', undefined],
  ['1 Foo 2003 00:00:00 GMT', undefined],
  ['', undefined],
  ['not a date at all', undefined],
  ['2003-04-09', undefined],
];
for (const [text, want] of cases) test(text, () => expect(iso(text)).toBe(want));

test('a megabyte of anything is looked at in part only', () => {
  for (const piece of ['(', '1 ', 'Jan ', '+', ':', '1:', '((((', 'a'])
    expect(parseDate(piece.repeat(300_000))).toBeUndefined();
});

test('any text: a date within the years that exist, or none', () => {
  const pieces = fc.constantFrom(
    'Mon',
    ',',
    ' ',
    '1',
    '31',
    'Jan',
    '2003',
    '99',
    ':',
    '10:20',
    '-',
    '+0100',
    'GMT',
    '(',
    ')',
    'PM',
    '\\',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 20 }), (parts) => {
      const date = parseDate(parts.join(''));
      if (date !== undefined) expect(new Date(date.ms).getUTCFullYear()).toBeGreaterThanOrEqual(1899);
    }),
    { seed: 10, numRuns: 3000 },
  );
});

for (const [ms, offset, want] of [
  [Date.UTC(1996, 6, 17, 9, 44, 25), -420, '17-Jul-1996 02:44:25 -0700'],
  [Date.UTC(2003, 0, 1), 0, ' 1-Jan-2003 00:00:00 +0000'],
  [Date.UTC(2003, 0, 1), 330, ' 1-Jan-2003 05:30:00 +0530'],
  [Number.NaN, 0, ' 1-Jan-1970 00:00:00 +0000'],
  [1e15, 0, '30-Dec-9999 00:00:00 +0000'],
] as const) {
  test(`print ${want}`, () => expect(printImapDate(ms, offset)).toBe(want));
}

for (const text of ['17-Jul-1996 02:44:25 -0700', ' 1-jan-2003 00:00:00 +0000', '01-Jan-2003 00:00:00 +0000']) {
  test(`parse ${text}`, () => expect(parseImapDate(text).ok).toBe(true));
}
for (const text of [
  '1-Jan-2003 00:00:00 +0000',
  '31-Feb-2003 00:00:00 +0000',
  '01-Jan-2003 25:00:00 +0000',
  '01-Jan-2003 00:00:00 +2400',
  '01-Jan-2003 00:00:00',
  '01-Foo-2003 00:00:00 +0000',
  '01-Jan-2003 00:00:00 +0000 ',
]) {
  test(`refuse "${text}"`, () => expect(parseImapDate(text).ok).toBe(false));
}

test('what is printed is parsed', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -2_000_000_000, max: 250_000_000_000 }),
      fc.integer({ min: -1439, max: 1439 }),
      (seconds, offsetMinutes) => {
        fc.pre(seconds > -2_208_000_000);
        const parsed = parseImapDate(printImapDate(seconds * 1000, offsetMinutes));
        expect(parsed).toEqual({ ok: true, value: { ms: seconds * 1000, offsetMinutes: offsetMinutes + 0 } });
      },
    ),
    { seed: 11 },
  );
});
