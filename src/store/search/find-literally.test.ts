import { describe, expect, test } from 'vitest';
import { parsePartMap, printPartMap } from '../../mime/part-map.ts';
import { scanMessage } from '../../mime/scan-message.ts';
import { findLiterally } from './find-literally.ts';

function find(needle: string, message: string): boolean | undefined {
  const octets = new TextEncoder().encode(message.replaceAll('\n', '\r\n'));
  const parts = parsePartMap(printPartMap(scanMessage(octets)));
  if (!parts.ok) throw new Error('no map');
  return findLiterally(needle, parts.value, octets);
}

describe('findLiterally', () => {
  test.each([
    ['plain text, any case', 'hello', 'Subject: x\n\nSay HELLO\n', true],
    ['no Content-Type at all', 'hello', '\nhello\n', true],
    ['the header is not the body', 'secret', 'Subject: secret\n\nnothing\n', false],
    ['encoded text has to be decoded', 'hello', 'Content-Transfer-Encoding: base64\n\nhello\n', undefined],
    ['HTML has to be decoded', 'hello', 'Content-Type: text/html\n\n<p>hello\n', undefined],
    ['another charset has to be decoded', 'hello', 'Content-Type: text/plain; charset=utf-7\n\nhello\n', undefined],
    ['beside other octets a letter may be composed', 'cafe', '\ncafe\u0301\n', undefined],
    ['a needle across lines', 'a\r\nb', '\na\nb\n', undefined],
    ['text is searched without NULs', 'ab', '\na\0b\n', undefined],
    [
      'other parts have fields of their own',
      'x',
      'Content-Type: multipart/mixed; boundary=b\n\n--b\n\ny\n--b--\n',
      undefined,
    ],
    ['no other character is in ASCII', 'ü', '\nu\n', false],
    ['a needle that is not ASCII', 'ü', '\nü\n', undefined],
  ])('%s', (_name, needle, message, found) => {
    expect(find(needle, message)).toBe(found);
  });
});
