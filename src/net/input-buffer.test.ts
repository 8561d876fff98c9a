import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputBuffer } from './input-buffer.ts';

test('lines come out the same in whatever chunks they came', () => {
  const text = fc.array(fc.constantFrom('a', 'bcdefghijkl', '\r\n', '\n', '\r', '\0')).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }), (data, cuts) => {
      const max = 15;
      const buffer = new InputBuffer();
      const got: string[] = [];
      for (let at = 0, cut = 0; at < data.length; cut++) {
        const length = cuts[cut % cuts.length] ?? 1;
        buffer.append(Buffer.from(data.slice(at, at + length)));
        at += length;
        for (let line = buffer.takeLine(max); line !== undefined; line = buffer.takeLine(max)) {
          got.push(line === 'too-long' ? line : `${Buffer.from(line.line).toString()}${line.bareLf ? '!' : ''}`);
        }
      }
      const lines = data.split('\n');
      const last = lines.pop() ?? '';
      const want = lines.map((line) => {
        const body = line.endsWith('\r') ? line.slice(0, -1) : line;
        return body.length > max ? 'too-long' : `${body}${line.endsWith('\r') ? '' : '!'}`;
      });
      if (last.length > max + 1) want.push('too-long');
      expect(got).toEqual(want);
    }),
    { numRuns: 2000 },
  );
});

test('views stay true while more arrives', () => {
  const buffer = new InputBuffer();
  buffer.append(Buffer.from('abc'));
  buffer.append(Buffer.from('def\r\nghi'));
  const taken = buffer.takeLine(100);
  buffer.append(Buffer.from('xyz\r\n'));
  buffer.takeLine(100);
  expect(taken).toMatchObject({ line: Buffer.from('abcdef') });
});

test('an endless line is not kept', () => {
  const buffer = new InputBuffer();
  let told = 0;
  for (let i = 0; i < 1000; i++) {
    buffer.append(Buffer.alloc(1000, 'x'));
    if (buffer.takeLine(2048) === 'too-long') told++;
    expect(buffer.bytes).toBeLessThan(4096);
  }
  expect(told).toBe(1);
});

test('counted octets and lines share one buffer', () => {
  const buffer = new InputBuffer();
  buffer.append(Buffer.from('a\r\n12'));
  buffer.append(Buffer.from('345b\r\n'));
  expect(buffer.takeLine(10)).toMatchObject({ line: Buffer.from('a') });
  expect(buffer.peek(5)).toEqual(Buffer.from('12'));
  buffer.consume(2);
  expect(buffer.peek(3)).toEqual(Buffer.from('345'));
  buffer.consume(3);
  expect(buffer.takeLine(10)).toMatchObject({ line: Buffer.from('b') });
  expect(buffer.bytes).toBe(0);
});
