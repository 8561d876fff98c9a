import { describe, expect, test } from 'vitest';
import { read } from './read.ts';
import { expectGetMetadata, expectSetMetadata } from './read-metadata.ts';

const get = (text: string) => read(text, expectGetMetadata, { utf8: false });
const set = (text: string) => read(text, expectSetMetadata, { utf8: false });

describe('GETMETADATA', () => {
  test('options stand before or behind the mailbox', () => {
    const value = { mailbox: 'INBOX', entries: ['/shared/comment'], maxSize: 10, depth: 1 };
    expect(get(' (MAXSIZE 10 DEPTH 1) inbox /Shared/Comment')).toMatchObject({ ok: true, value });
    expect(get(' inbox (depth 1 maxsize 10) (/shared/comment)')).toMatchObject({ ok: true, value });
    expect(get(' inbox (depth 1 maxsize 10) ("/shared/comment" /SHARED/comment)')).toMatchObject({ ok: true, value });
  });

  test('entries with or without parentheses; the server is the empty name', () => {
    expect(get(' "" /private/a /shared/b')).toMatchObject({
      ok: true,
      value: { mailbox: '', entries: ['/private/a', '/shared/b'], maxSize: Infinity, depth: 0 },
    });
    expect(get(' "" (DEPTH infinity) /private')).toMatchObject({ ok: true, value: { depth: Infinity } });
  });

  test.each([
    ' INBOX',
    ' INBOX ()',
    ' INBOX (DEPTH 2) /private/a',
    ' INBOX (DEPTH 1 DEPTH 1) /private/a',
    ' INBOX (SIZE 2) /private/a',
    ' INBOX /comment',
    ' INBOX /private/',
    ' INBOX /private//a',
    ' INBOX "/private/*"',
    ' INBOX "/private/\u00e9"',
    ' INBOX "/private/\u0001"',
    ` INBOX /private/${'a'.repeat(1024)}`,
    ` INBOX (${Array.from({ length: 101 }, (_unused, at) => `/private/${at}`).join(' ')})`,
    ` INBOX ${Array.from({ length: 101 }, (_unused, at) => `/private/${at}`).join(' ')}`,
  ])('%j is refused', (text) => {
    expect(get(text).ok).toBe(false);
  });
});

describe('SETMETADATA', () => {
  test('values are strings, literals of any octets, or NIL', () => {
    expect(
      set(' INBOX (/private/comment "a" /Shared/Vendor/X/y ~{3}\r\n\0\r\n /shared/a NIL /shared/b "nil")'),
    ).toEqual({
      ok: true,
      value: {
        mailbox: 'INBOX',
        values: [
          { entry: '/private/comment', value: 'a' },
          { entry: '/shared/vendor/x/y', value: '\0\r\n' },
          { entry: '/shared/a', value: undefined },
          { entry: '/shared/b', value: 'nil' },
        ],
      },
    });
  });

  test.each([
    ' INBOX ()',
    ' INBOX /private/a "x"',
    ' INBOX (/private "x")',
    ' INBOX (/private/vendor/x "x")',
    ' INBOX (/private/a)',
    ' INBOX (/private/a atom)',
  ])('%j is refused', (text) => {
    expect(set(text).ok).toBe(false);
  });
});
