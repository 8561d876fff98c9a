import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ReplyReader } from './read-reply.ts';

function readAll(text: string, step = text.length || 1) {
  const reader = new ReplyReader();
  const octets = Buffer.from(text);
  const got: unknown[] = [];
  for (let at = 0; at < octets.length; at += step) {
    reader.push(octets.subarray(at, at + step));
    for (let reply = reader.next(); reply !== undefined; reply = reader.next()) {
      got.push(reply);
      if (typeof reply === 'string') return got;
    }
  }
  return got;
}

describe('replies', () => {
  const text =
    '220 mail.example ESMTP\r\n250-one\r\n250-SIZE 5\r\n250 two\r\n550-5.1.1 no\r\n550 5.1.1 such user\r\n354\r\n';
  const replies = [
    { code: 220, enhanced: undefined, lines: ['mail.example ESMTP'] },
    { code: 250, enhanced: undefined, lines: ['one', 'SIZE 5', 'two'] },
    { code: 550, enhanced: '5.1.1', lines: ['no', 'such user'] },
    { code: 354, enhanced: undefined, lines: [''] },
  ];
  test.each([1, 2, 3, 7, 1000])('are the same in pieces of %i', (step) => expect(readAll(text, step)).toEqual(replies));
  test('may end in LF alone', () => expect(readAll(text.replaceAll('\r', ''))).toEqual(replies));
  test('an enhanced code of another class is text', () =>
    expect(readAll('250 5.1.1 odd\r\n')).toEqual([{ code: 250, enhanced: undefined, lines: ['5.1.1 odd'] }]));
  test('what was said too early is forgotten', () => {
    const reader = new ReplyReader();
    reader.push(Buffer.from('220 go\r\n250-inj'));
    expect(reader.next()).toMatchObject({ code: 220 });
    expect(reader.hasRest).toBe(true);
    expect(reader.next()).toBeUndefined();
    reader.discard();
    expect(reader.hasRest).toBe(false);
    reader.push(Buffer.from('250 true\r\n'));
    expect(reader.next()).toMatchObject({ lines: ['true'] });
  });
});

describe('faults', () => {
  test.each([
    ['not-a-reply', 'HTTP/1.1 200 OK\r\n'],
    ['not-a-reply', '199 x\r\n'],
    ['not-a-reply', '\r\n'],
    ['codes-differ', '250-a\r\n251 b\r\n'],
    ['line-too-long', `250 ${'x'.repeat(5000)}`],
    ['too-many-lines', '250-x\r\n'.repeat(101)],
    ['too-many-octets', `250-${'x'.repeat(4000)}\r\n`.repeat(17)],
  ])('%s', (fault, text) => expect(readAll(text).at(-1)).toBe(fault));
  test('no octets make it throw', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), (chunks) => {
        const reader = new ReplyReader();
        for (const chunk of chunks) {
          reader.push(chunk);
          while (typeof reader.next() === 'object');
        }
      }),
    );
  });
});
