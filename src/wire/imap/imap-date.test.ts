import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDay, printDay } from './imap-date.ts';

test('printed days are read again', () => {
  const day = fc.integer({ min: -719_528, max: 2_932_896 }).map((number) => number * 86_400_000);
  fc.assert(
    fc.property(day, (ms) => {
      expect(parseDay(printDay(ms))).toBe(ms);
    }),
  );
});

for (const text of [
  '',
  '1-1-2020',
  '32-Jan-2020',
  '31-Jun-2020',
  '29-Feb-1900',
  '1-Jan-2020 ',
  '1-Jan-20200',
  '-1-Jan-2020',
]) {
  test(`no day: ${JSON.stringify(text)}`, () => expect(parseDay(text)).toBeUndefined());
}
