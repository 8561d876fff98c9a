import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DataFramer } from './data-framer.ts';

interface Outcome {
  readonly text: string;
  readonly faulty: boolean;
  readonly consumed: number;
  readonly done: boolean;
}

/** Feeds pieces of these lengths (the last one repeats). */
function run(data: string, cuts: readonly number[] = [data.length || 1]): Outcome {
  const octets = Buffer.from(data, 'latin1');
  const framer = new DataFramer();
  let text = '';
  let at = 0;
  let cut = 0;
  while (at < octets.length) {
    const piece = octets.subarray(at, at + Math.max(1, cuts[Math.min(cut++, cuts.length - 1)] ?? 1));
    const { consumed, done } = framer.push(piece);
    text += Buffer.from(framer.take() ?? []).toString('latin1');
    at += consumed;
    if (done) return { text, faulty: framer.fault !== undefined, consumed: at, done };
    expect(consumed).toBe(piece.length);
  }
  return { text, faulty: framer.fault !== undefined, consumed: at, done: false };
}

/** The rules once more, slow and plain: the end is looked for in the whole text, then the lines are looked at. */
function reference(data: string): Outcome {
  const end = `\r\n${data}`.indexOf('\r\n.\r\n');
  const done = end >= 0;
  const body = done ? data.slice(0, end) : data;
  const before = `\r\n${body}`;
  const faulty = /\r[^\n]/.test(before) || /\r\n\.\n/.test(before) || /[^\r]\n\.\r?\n/.test(before);
  const text = before
    .replace(/\r\n\./g, '\r\n')
    .replace(/\r?\n/g, '\r\n')
    .slice(2);
  return { text, faulty, consumed: done ? end + 3 : data.length, done };
}

describe('the end of DATA', () => {
  for (const [name, data, text] of [
    ['nothing', '.\r\n', ''],
    ['one line', 'a\r\n.\r\n', 'a\r\n'],
    ['a line with only a stuffed dot', '..\r\n.\r\n', '.\r\n'],
    ['stuffed dots', '..a\r\n...\r\n.b\r\n.\r\n', '.a\r\n..\r\nb\r\n'],
    ['a lone LF becomes CRLF', 'a\nb\n\nc\r\n.\r\n', 'a\r\nb\r\n\r\nc\r\n'],
    ['a dot after a lone LF is text', 'a\n.b\r\n.\r\n', 'a\r\n.b\r\n'],
    ['NUL and eight bits are kept', '\0\xff\r\n.\r\n', '\0\xff\r\n'],
  ] as const) {
    test(name, () => expect(run(data)).toEqual({ text, faulty: false, consumed: data.length, done: true }));
  }

  for (const [name, data] of [
    ['LF . LF', 'a\n.\nMAIL FROM:<b@c>\r\n.\r\n'],
    ['CRLF . LF', 'a\r\n.\nMAIL FROM:<b@c>\r\n.\r\n'],
    ['LF . CRLF', 'a\n.\r\nMAIL FROM:<b@c>\r\n.\r\n'],
    ['CR . CR', 'a\r.\rMAIL FROM:<b@c>\r\n.\r\n'],
    ['CR . CRLF', 'a\r.\r\nMAIL FROM:<b@c>\r\n.\r\n'],
    ['CRLF . CR', 'a\r\n.\rMAIL FROM:<b@c>\r\n.\r\n'],
    ['CRLF . CR CRLF', 'a\r\n.\r\r\nMAIL FROM:<b@c>\r\n.\r\n'],
    ['a lone CR', 'a\rb\r\n.\r\n'],
    ['CR CRLF', 'a\r\r\n.\r\n'],
    ['a dot and LF at the start', '.\na\r\n.\r\n'],
  ] as const) {
    for (const size of [1, 2, 3, data.length]) {
      test(`${name} is a fault, and the true end is found, in pieces of ${size}`, () => {
        expect(run(data, [size])).toMatchObject({ faulty: true, consumed: data.length, done: true });
      });
    }
  }

  test('what follows the end is not consumed', () => expect(run('a\r\n.\r\nQUIT\r\n').consumed).toBe(6));
});

/** Texts made of the octets that matter, so that every path is met. */
const awkward = fc
  .array(fc.constantFrom('\r\n', '\r\n.', '\r', '\n', '.', 'a', 'bcdefg', '\r\n.\r\n', '\n.\n', '\0', '\xff'), {
    maxLength: 40,
  })
  .map((parts) => parts.join(''));
const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 60 });

test('does in any pieces what the plain rules do at once', () => {
  fc.assert(
    fc.property(awkward, cuts, (data, lengths) => {
      const want = reference(data);
      const got = run(data, lengths);
      expect({ done: got.done, consumed: got.consumed }).toEqual({ done: want.done, consumed: want.consumed });
      if (want.done) {
        expect(got.faulty).toBe(want.faulty);
        if (!want.faulty) expect(got.text).toBe(want.text);
      }
    }),
    { numRuns: 3000 },
  );
});

test('sane text is handed on without a copy', () => {
  const octets = Buffer.from(`${'x'.repeat(70)}\r\n`.repeat(100));
  const framer = new DataFramer();
  framer.push(octets);
  expect(framer.take()?.buffer).toBe(octets.buffer);
});
