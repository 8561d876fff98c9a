import { describe, expect, test } from 'vitest';
import { read } from './read.ts';
import { expectSort } from './read-sort.ts';

const all = { kind: 'all' };
const date = [{ key: 'DATE', reverse: false }];

describe('sort', () => {
  for (const [text, want] of [
    [' (DATE) UTF-8 ALL', { kind: 'sort', returns: undefined, criteria: date, key: all }],
    [' (date) "utf-8" ALL', { kind: 'sort', returns: undefined, criteria: date, key: all }],
    [
      ' (SUBJECT REVERSE DATE REVERSE SUBJECT) UTF-8 ALL',
      {
        kind: 'sort',
        criteria: [
          { key: 'SUBJECT', reverse: false },
          { key: 'DATE', reverse: true },
        ],
        key: all,
      },
    ],
    [' RETURN () (DATE) UTF-8 ALL', { kind: 'sort', returns: [], criteria: date, key: all }],
    [
      ' RETURN (PARTIAL -1:-20 COUNT) (DATE) UTF-8 ALL',
      {
        kind: 'sort',
        returns: ['PARTIAL', 'COUNT'],
        partial: { first: -1, last: -20 },
        criteria: date,
        key: all,
      },
    ],
    [' (DATE) X-NONE ALL', { kind: 'bad-charset', charset: 'X-NONE' }],
  ] as const) {
    test(text, () => expect(read(text, expectSort)).toEqual({ ok: true, value: want }));
  }

  for (const text of [
    '',
    ' (DATE)',
    ' () UTF-8 ALL',
    ' (DATE SIZES) UTF-8 ALL',
    ' (DATE) UTF-8',
    ' RETURN (PARTIAL) (DATE) UTF-8 ALL',
    ' RETURN (PARTIAL 0:1) (DATE) UTF-8 ALL',
    ' RETURN (PARTIAL 1:-1) (DATE) UTF-8 ALL',
    ' RETURN (PARTIAL -1:1) (DATE) UTF-8 ALL',
    ' RETURN (PARTIAL 1:*) (DATE) UTF-8 ALL',
    ' RETURN (PARTIAL 1:2 PARTIAL 3:4) (DATE) UTF-8 ALL',
    ' RETURN (ALL PARTIAL 3:4) (DATE) UTF-8 ALL',
  ]) {
    test(`refused: ${text}`, () => expect(read(text, expectSort).ok).toBe(false));
  }
});
