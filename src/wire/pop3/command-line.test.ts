import { expect, test } from 'vitest';
import { parseNumbers, parsePop3Line } from './command-line.ts';

const parse = (text: string) => parsePop3Line(Buffer.from(text, 'latin1'));

test('keywords in any case; what follows is kept with its blanks', () => {
  expect(parse('stat')).toEqual({ name: 'STAT', rest: '' });
  expect(parse('Pass  two words ')).toEqual({ name: 'PASS', rest: ' two words ' });
  expect(parse('')).toEqual({ name: '', rest: '' });
});

test('UTF-8 only, no control characters', () => {
  expect(parsePop3Line(Buffer.from('PASS grün'))).toEqual({ name: 'PASS', rest: 'grün' });
  expect(parse('PASS gr\xfcn')).toBeUndefined();
  expect(parse('USER a\0b')).toBeUndefined();
  expect(parse('USER a\rb')).toBeUndefined();
});

test('numbers', () => {
  expect(parseNumbers('')).toEqual([]);
  expect(parseNumbers('1 0')).toEqual([1, 0]);
  expect(parseNumbers('0012 ')).toEqual([12]);
  for (const wrong of ['x', '-1', '1  2', '+1', '1.5', '99999999999', '1e3', ' 1']) {
    expect(parseNumbers(wrong), wrong).toBeUndefined();
  }
});
