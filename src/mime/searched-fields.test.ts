import { expect, test } from 'vitest';
import { parseHeader } from './parse-header.ts';
import { printSearchHead, searchedValues } from './searched-fields.ts';

const valuesOf = (line: string): string[] => parseHeader(`${line}\r\n\r\n`).fields.flatMap(searchedValues);

test.each([
  ['From: Ann <ann@example.org>', ['Ann <ann@example.org>']],
  ['From: "Ann B." <ann@example.org>', ['"Ann B." <ann@example.org>', 'Ann B. <ann@example.org>']],
  ['To: a@b.example (Ann)', ['a@b.example (Ann)', 'Ann <a@b.example>']],
  ['Subject: "Ann B." <ann@example.org>', ['"Ann B." <ann@example.org>']],
  ['Subject: =?utf-8?q?=C3=BC=0Ax?=', ['\u00fc x']],
  ['Cc:', ['']],
])('%s', (line, values) => {
  expect(valuesOf(line)).toEqual(values);
});

test('the head has every occurrence, one line for each field', () => {
  const header = parseHeader('Subject: one\r\nto: a@b.example\r\nSUBJECT: two\r\nX: y\r\n\r\n');
  expect(printSearchHead(header)).toBe('one\rtwo\n\na@b.example\n\n');
});
