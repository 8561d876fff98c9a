import { describe, expect, test } from 'vitest';
import { printBody, printBodyStructure } from '../../../mime/print-body-structure.ts';
import { scanMessage } from '../../../mime/scan-message.ts';
import { printPlainBody } from './plain-body.ts';

const lines = (...all: string[]): string => all.map((line) => `${line}\r\n`).join('');

const simple = lines(
  'Content-Type: text/plain; charset=utf-8',
  'Content-MD5: x',
  'Content-Language: de, en',
  '',
  'hello',
);
const odd = lines(
  'Content-Type: image/png; name="a \\"b) ( \\\\"',
  'Content-Description: Gr\u00fc\u00dfe (',
  'Content-ID: <)>',
  '',
  'x',
);

function multipart(...parts: string[]): string {
  const body = parts.map((part) => `--b\r\n${part}\r\n`).join('');
  return `Content-Type: multipart/mixed; boundary=b\r\n\r\n${body}--b--\r\n`;
}

function nested(depth: number): string {
  let message = simple;
  for (let level = 0; level < depth; level++)
    message = `Content-Type: message/rfc822\r\n\r\nSubject: s ( "${level}\r\n${message}`;
  return message;
}

describe('BODY out of BODYSTRUCTURE is what would have been printed as BODY', () => {
  for (const [name, message] of [
    ['text', simple],
    ['no header at all', 'hello'],
    ['nothing', ''],
    ['strings with parentheses, quotes and octets above 127', odd],
    ['multipart', multipart(simple, odd)],
    ['multipart without parts', 'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b--\r\n'],
    ['message', nested(1)],
    ['message in message in multipart', multipart(nested(3), simple)],
    ['multipart in multipart', multipart(multipart(simple).replaceAll('--b', '--c').replace('=b', '=c'), odd)],
    ['deeper than is taken apart', nested(300)],
  ] as const) {
    test(name, () => {
      const part = scanMessage(Buffer.from(message, 'latin1'));
      expect(printPlainBody(printBodyStructure(part))).toBe(printBody(part));
    });
  }
});

describe('other input', () => {
  for (const text of ['', '(', '((((', '("text', '("a" {99}\r\nx', '("a" {x', ')'.repeat(9), '('.repeat(5000)]) {
    test(`ends: ${text.slice(0, 20)}`, () => {
      expect(typeof printPlainBody(text)).toBe('string');
    });
  }
});
