import { describe, expect, test } from 'vitest';
import { read } from './read.ts';
import { expectGenUrlAuth, expectResetKey, expectUrlFetch } from './read-url-commands.ts';

const urls = (count: number) => Array.from({ length: count }, (_each, i) => `imap://u${i}`);

describe('commands with URLs', () => {
  test('GENURLAUTH has pairs of a URL and a mechanism', () => {
    expect(read(' "a" internal {1}\r\nb XX', expectGenUrlAuth)).toEqual({
      ok: true,
      value: [
        { url: 'a', mechanism: 'INTERNAL' },
        { url: 'b', mechanism: 'XX' },
      ],
    });
    for (const text of ['', ' ', ' a', ' a ', ' a b c', ' a  b']) expect(read(text, expectGenUrlAuth).ok).toBe(false);
  });

  test('URLFETCH has a hundred at most', () => {
    const value = urls(100).map((url) => ({ url, items: new Set() }));
    expect(read(` ${urls(100).join(' ')}`, expectUrlFetch)).toEqual({ ok: true, value });
    expect(read(` ${urls(101).join(' ')}`, expectUrlFetch).ok).toBe(false);
    expect(read('', expectUrlFetch).ok).toBe(false);
  });

  test('URLFETCH takes items in parentheses, each once, BODY or BINARY', () => {
    expect(read(' a ("b" binary BODYPARTSTRUCTURE) (c)', expectUrlFetch)).toEqual({
      ok: true,
      value: [
        { url: 'a', items: new Set() },
        { url: 'b', items: new Set(['BINARY', 'BODYPARTSTRUCTURE']) },
        { url: 'c', items: new Set() },
      ],
    });
    for (const text of [
      ' ()',
      ' (a',
      ' (a BODY',
      ' (a BODY BODY)',
      ' (a BODY BINARY)',
      ' (a X)',
      ' (a )',
      ' (a BODY))',
    ])
      expect(read(text, expectUrlFetch).ok, text).toBe(false);
  });

  test('RESETKEY has a mailbox, or nothing', () => {
    expect(read('', expectResetKey)).toEqual({ ok: true, value: undefined });
    expect(read(' inbox', expectResetKey)).toEqual({ ok: true, value: { mailbox: 'INBOX', mechanisms: [] } });
    expect(read(' x INTERNAL y', expectResetKey)).toEqual({
      ok: true,
      value: { mailbox: 'x', mechanisms: ['INTERNAL', 'Y'] },
    });
    expect(read(' ', expectResetKey).ok).toBe(false);
  });
});
