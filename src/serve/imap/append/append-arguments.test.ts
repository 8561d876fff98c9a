import { describe, expect, test } from 'vitest';
import { read } from '../../../wire/imap/read.ts';
import { expectAppend, expectMessage } from './append-arguments.ts';

const literal = { sizeBytes: 3, sync: true, binary: false };
const plain = { flags: [], receivedAtMs: undefined, literal, inUtf8: false };

describe('append up to its first literal', () => {
  for (const [text, want] of [
    [' INBOX {3}', { mailbox: 'INBOX', first: plain }],
    [' inbox {3+}', { mailbox: 'INBOX', first: { ...plain, literal: { ...literal, sync: false } } }],
    [' "a b" () {3}', { mailbox: 'a b', first: plain }],
    [' {1}\r\nx {3}', { mailbox: 'x', first: plain }],
    [' x (\\Seen $Junk work) {3}', { mailbox: 'x', first: { ...plain, flags: ['\\Seen', '$Junk', 'work'] } }],
    [' x " 1-Jan-1970 01:00:00 +0100" {3}', { mailbox: 'x', first: { ...plain, receivedAtMs: 0 } }],
    [' x ~{3}', { mailbox: 'x', first: { ...plain, literal: { ...literal, binary: true } } }],
    [
      ' x (\\Seen) "01-Jan-1970 00:00:00 +0000" UTF8 (~{3}',
      {
        mailbox: 'x',
        first: { flags: ['\\Seen'], receivedAtMs: 0, literal: { ...literal, binary: true }, inUtf8: true },
      },
    ],
  ] as const) {
    test(JSON.stringify(text), () => expect(read(text, expectAppend)).toEqual({ ok: true, value: want }));
  }

  for (const text of [
    '',
    ' ',
    ' x',
    ' x y {3}',
    ' x {3',
    ' x {3} ',
    ' x {-3}',
    ' x (\\Seen {3}',
    ' x "1-Jan-1970 00:00:00 +0000" {3}',
    ' x "31-Feb-1970 00:00:00 +0000" {3}',
    ' x "01-Jan-1970 25:00:00 +0000" {3}',
    ' x "01-Jan-1970 00:00:00 +0000" (\\Seen) {3}',
    ' x UTF8 ({3}',
    ' x UTF8 ~{3}',
    ' &bad& {3}',
  ]) {
    test(`not: ${JSON.stringify(text)}`, () => expect(read(text, expectAppend).ok).toBe(false));
  }

  test('the next message starts with a blank', () => {
    expect(read(' (\\Draft) {3}', expectMessage)).toEqual({ ok: true, value: { ...plain, flags: ['\\Draft'] } });
    expect(read('{3}', expectMessage).ok).toBe(false);
  });
});
