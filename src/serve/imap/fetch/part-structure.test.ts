import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Section } from '../../../mime/find-section.ts';
import { scanMessage } from '../../../mime/scan-message.ts';
import { summarizeMessage } from '../../../mime/summarize-message.ts';
import { printPartStructure } from './part-structure.ts';

const message = Buffer.from(
  [
    'Content-Type: multipart/mixed; boundary=a\r\n\r\n--a',
    'Content-Type: text/html; charset=utf-8\r\nContent-Description: "b) ("\r\n\r\n<p>\r\n--a',
    'Content-Type: message/rfc822\r\n\r\nSubject: one (\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b',
    '\r\nplain\r\n--b',
    'Content-Type: image/png\r\n\r\nx\r\n--b--',
    '\r\n--a',
    'Content-Type: message/rfc822\r\n\r\nSubject: two\r\n\r\nonly\r\n--a--\r\n',
  ].join('\r\n'),
);
const { bodyStructure } = summarizeMessage(scanMessage(message), message);
const sent = { bytes: 7, lines: 3 };
const of = (path: readonly number[], text?: Section['text'], decoded = false) =>
  printPartStructure(bodyStructure, { path, ...(text === undefined ? {} : { text }) } as Section, sent, decoded);

describe('BODYPARTSTRUCTURE', () => {
  test('of the message, its parts and the parts of messages in it', () => {
    expect(of([])).toMatch(/^\(\(.*"mixed"\)$/is);
    expect(of([1])).toMatch(/^\("text" "html" .*b\) \(/i);
    expect(of([2])).toMatch(/^\("message" "rfc822" /i);
    expect(of([2, 1])).toMatch(/^\("text" "plain" /i);
    expect(of([2, 2])).toMatch(/^\("image" "png" /i);
    expect(of([3, 1])).toMatch(/^\("text" "plain" /i);
    for (const path of [[4], [1, 1], [2, 3], [3, 2], [3, 1, 1]]) expect(of(path), String(path)).toBeUndefined();
  });

  test('of texts and headers', () => {
    expect(of([], 'text')).toBe(of([]));
    expect(of([2], 'text')).toMatch(/^\(\(.*"alternative"\)$/is);
    expect(of([3], 'text')).toBe(of([3, 1]));
    expect(of([2], 'header')).toBe('("TEXT" "RFC822-HEADERS" NIL NIL NIL "8BIT" 7 3)');
    expect(of([1], 'mime')).toBe('("TEXT" "RFC822-HEADERS" NIL NIL NIL "8BIT" 7 3)');
  });

  test('without a transfer encoding', () => {
    expect(of([1], undefined, true)).toMatch(/"BINARY" 7 3\)$/);
    expect(of([2, 2], undefined, true)).toBe('("image" "png" NIL NIL NIL "BINARY" 7)');
    expect(of([], undefined, true)).toBe(of([]));
  });

  test('of anything it ends', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 4 }), (text, path) => {
        printPartStructure(text, { path }, sent, true);
      }),
    );
  });
});
