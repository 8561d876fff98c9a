import { expect, test } from 'vitest';
import fc from 'fast-check';
import { findField, findFields, findLastField, parseHeader, unfold } from './parse-header.ts';
import { selectHeaderFields } from './select-header-fields.ts';

const text = 'From: a@b\r\nSUBJECT : one\r\n two\r\nno colon here\r\nX:\r\nsubject:last\r\n\r\nBody: x\r\n';

test('fields with names in lower case, raw values, folds kept', () => {
  const { fields } = parseHeader(text);
  expect(fields.map(({ name, raw }) => [name, raw])).toEqual([
    ['from', ' a@b'],
    ['subject', ' one\r\n two'],
    ['no colon here', ''],
    ['x', ''],
    ['subject', 'last'],
  ]);
  expect(fields.map(({ start, end }) => text.slice(start, end)).join('')).toBe(
    text.slice(0, text.indexOf('\r\n\r\n') + 2),
  );
});

test('first, last and all of a name', () => {
  const header = parseHeader(text);
  expect(unfold(findField(header, 'subject')?.raw ?? '')).toBe('one two');
  expect(findLastField(header, 'subject')?.raw).toBe('last');
  expect(findFields(header, 'subject')).toHaveLength(2);
  expect(findField(header, 'body')).toBeUndefined();
});

test('bare line feeds and a header that just ends', () => {
  expect(parseHeader('A: b\n c\nD: e').fields.map(({ raw }) => raw)).toEqual([' b\n c', ' e']);
});

test('a megabyte of lines without colons is bounded', () => {
  expect(parseHeader('a\n'.repeat(500_000)).fields).toHaveLength(10_000);
});

test('fields cover the header without a gap, whatever it is', () => {
  const octets = fc.array(fc.constantFrom('a', ':', ' ', '\t', '\r', '\n', '\r\n', 'From: x\r\n'), { maxLength: 40 });
  fc.assert(
    fc.property(octets, (parts) => {
      const header = parts.join('');
      let at = 0;
      for (const { start, end } of parseHeader(header).fields) {
        expect(start).toBe(at);
        expect(end).toBeGreaterThan(start);
        at = end;
      }
      expect(/^(\r?\n|$)/.test(header.slice(at))).toBe(true);
    }),
    { seed: 3, numRuns: 1000 },
  );
});

test('selectHeaderFields: the named fields, or all others, with the blank line', () => {
  const octets = Buffer.from('From: a\r\nTo: b\r\n c\r\nfrom: d\r\nX-Y: z\r\n\r\n');
  const select = (names: string[], not: boolean): string =>
    Buffer.from(selectHeaderFields(octets, names, not)).toString();
  expect(select(['FROM', 'nope'], false)).toBe('From: a\r\nfrom: d\r\n\r\n');
  expect(select(['from', 'x-y'], true)).toBe('To: b\r\n c\r\n\r\n');
  expect(select([], false)).toBe('\r\n');
  expect(Buffer.from(selectHeaderFields(Buffer.from('A: b'), ['a'], false)).toString()).toBe('A: b');
});

test('selectHeaderFields is not bounded by a count of fields: octets are not lost', () => {
  const octets = Buffer.from(`${'A: b\r\n'.repeat(20_000)}\r\n`);
  expect(selectHeaderFields(octets, ['x'], true)).toHaveLength(octets.length);
});
