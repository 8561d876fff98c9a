import { describe, expect, test } from 'vitest';
import { read } from '../../../wire/imap/read.ts';
import { expectAppend, expectRest } from './append-arguments.ts';

const literal = { sizeBytes: 3, sync: true, binary: false };
const octets = { kind: 'literal', literal };
const message = { kind: 'message', flags: [], receivedAtMs: undefined, catenate: false };
const catenate = { ...message, catenate: true };
const url = { kind: 'url', url: '/x/;UID=1' };
const end = { kind: 'end' };

describe('append up to its first octets', () => {
  for (const [text, want] of [
    [' INBOX {3}', { mailbox: 'INBOX', steps: [message, octets], open: 'message' }],
    [
      ' inbox {3+}',
      {
        mailbox: 'INBOX',
        steps: [message, { kind: 'literal', literal: { ...literal, sync: false } }],
        open: 'message',
      },
    ],
    [' "a b" () {3}', { mailbox: 'a b', steps: [message, octets], open: 'message' }],
    [' {1}\r\nx {3}', { mailbox: 'x', steps: [message, octets], open: 'message' }],
    [
      ' x (\\Seen $Junk work) {3}',
      { mailbox: 'x', steps: [{ ...message, flags: ['\\Seen', '$Junk', 'work'] }, octets], open: 'message' },
    ],
    [
      ' x " 1-Jan-1970 01:00:00 +0100" {3}',
      { mailbox: 'x', steps: [{ ...message, receivedAtMs: 0 }, octets], open: 'message' },
    ],
    [
      ' x ~{3}',
      {
        mailbox: 'x',
        steps: [message, { kind: 'literal', literal: { ...literal, binary: true } }],
        open: 'message',
      },
    ],
    [
      ' x (\\Seen) "01-Jan-1970 00:00:00 +0000" UTF8 (~{3}',
      {
        mailbox: 'x',
        steps: [
          { ...message, flags: ['\\Seen'], receivedAtMs: 0 },
          { kind: 'literal', literal: { ...literal, binary: true } },
        ],
        open: 'utf8',
      },
    ],
    [' x CATENATE (TEXT {3}', { mailbox: 'x', steps: [catenate, octets], open: 'list' }],
    [' x CATENATE (URL /x/;UID=1 TEXT {3}', { mailbox: 'x', steps: [catenate, url, octets], open: 'list' }],
    [' x CATENATE (URL "/x/;UID=1")', { mailbox: 'x', steps: [catenate, url, end], open: undefined }],
    [
      ' x catenate (url {9}\r\n/x/;UID=1 text {3}\r\nabc url "/x/;UID=1") (\\Seen) {3}',
      {
        mailbox: 'x',
        steps: [catenate, url, { kind: 'octets', octets: 'abc' }, url, end, { ...message, flags: ['\\Seen'] }, octets],
        open: 'message',
      },
    ],
    [
      ' x CATENATE (URL /x/;UID=1) (\\Seen) CATENATE (URL /x/;UID=1)',
      { mailbox: 'x', steps: [catenate, url, end, { ...catenate, flags: ['\\Seen'] }, url, end], open: undefined },
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
    ' x CATENATE',
    ' x CATENATE ()',
    ' x CATENATE (URL)',
    ' x CATENATE (URL /x/;UID=1',
    ' x CATENATE (URL /x/;UID=1 )',
    ' x CATENATE (URL {9}',
    ' x CATENATE (TEXT "abc")',
    ' x CATENATE (TEXT "abc\r\n")',
    ' x CATENATE (OTHER x)',
    ' x CATENATE (URL /x/;UID=1)) {3}',
  ]) {
    test(`not: ${JSON.stringify(text)}`, () => expect(read(text, expectAppend).ok).toBe(false));
  }
});

describe('what follows octets', () => {
  const rest = (text: string, open: 'message' | 'utf8' | 'list') => read(text, (r) => expectRest(r, open));
  for (const [open, text, want] of [
    ['message', '', { steps: [end], open: undefined }],
    ['message', '   ', { steps: [end], open: undefined }],
    ['message', ' (\\Draft) {3}', { steps: [end, { ...message, flags: ['\\Draft'] }, octets], open: 'message' }],
    ['utf8', ')', { steps: [end], open: undefined }],
    ['utf8', ') {3}', { steps: [end, message, octets], open: 'message' }],
    ['list', ')', { steps: [end], open: undefined }],
    ['list', ' URL /x/;UID=1 TEXT {3}', { steps: [url, octets], open: 'list' }],
    ['list', ' URL /x/;UID=1) {3}', { steps: [url, end, message, octets], open: 'message' }],
  ] as const) {
    test(`${open}: ${text}`, () => expect(rest(text, open)).toEqual({ ok: true, value: want }));
  }

  for (const [open, text] of [
    ['message', '{3}'],
    ['message', ')'],
    ['message', ' x'],
    ['utf8', ''],
    ['utf8', ' {3}'],
    ['list', ''],
    ['list', ' '],
    ['list', ' )'],
    ['list', ')x'],
  ] as const) {
    test(`not ${open}: ${text}`, () => expect(rest(text, open).ok).toBe(false));
  }
});
