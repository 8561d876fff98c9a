import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DataFramer } from './data-framer.ts';
import { DotStuffer } from './dot-stuffer.ts';

function stuff(octets: Uint8Array, step: number): Buffer {
  const stuffer = new DotStuffer();
  const out: Uint8Array[] = [];
  for (let at = 0; at < octets.length; at += step) out.push(...stuffer.push(octets.subarray(at, at + step)));
  return Buffer.concat([...out, Buffer.from(stuffer.end())]);
}

test.each([
  ['', '.\r\n'],
  ['.', '..\r\n.\r\n'],
  ['a\r\n.b\r\n', 'a\r\n..b\r\n.\r\n'],
  ['a\n.\nb', 'a\r\n..\r\nb\r\n.\r\n'],
  ['a\r.\r\n', 'a\r\n..\r\n.\r\n'],
  ['a\r', 'a\r\n.\r\n'],
  ['a\r\r\n\n', 'a\r\n\r\n\r\n.\r\n'],
])('%j becomes %j', (text, wire) => {
  for (const step of [1, 2, 3, 100]) expect(stuff(Buffer.from(text), step).toString()).toBe(wire);
});

test('the server reads back what was meant, and takes no end for granted', () => {
  const octet = fc.constantFrom(13, 10, 46, 65);
  fc.assert(
    fc.property(fc.array(octet, { maxLength: 40 }), fc.integer({ min: 1, max: 5 }), (octets, step) => {
      const wire = stuff(Uint8Array.from(octets), step);
      const framer = new DataFramer();
      const { consumed, done } = framer.push(wire);
      const meant = Buffer.from(octets)
        .toString('latin1')
        .replace(/\r\n|\r|\n/g, '\r\n');
      const whole = meant === '' || meant.endsWith('\n') ? meant : `${meant}\r\n`;
      expect({ consumed, done, fault: framer.fault }).toEqual({ consumed: wire.length, done: true, fault: undefined });
      expect(Buffer.from(framer.take() ?? []).toString('latin1')).toBe(whole);
    }),
  );
});
