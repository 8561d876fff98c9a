import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAhead } from './read-ahead.ts';

function counted(octets: Uint8Array) {
  const asked: (readonly [number, number])[] = [];
  const read = (start: number, end: number): Promise<Uint8Array> => {
    asked.push([start, end]);
    return Promise.resolve(octets.slice(start, end));
  };
  return { read, asked };
}

test('small reads in order are few large ones, but for the first', async () => {
  const octets = Uint8Array.from({ length: 1000 }, (_, n) => n & 255);
  const { read, asked } = counted(octets);
  const ahead = readAhead(read, octets.length, 300);
  for (let at = 0; at < 1000; at += 10) expect(await ahead(at, at + 10)).toEqual(octets.subarray(at, at + 10));
  expect(asked).toEqual([
    [0, 10],
    [10, 310],
    [310, 610],
    [610, 910],
    [910, 1000],
  ]);
});

test('whatever is asked for, it is what stands there', async () => {
  const octets = Uint8Array.from({ length: 200 }, (_, n) => n);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(220), fc.nat(220))),
      fc.integer({ min: 1, max: 90 }),
      async (all, window) => {
        const ahead = readAhead(counted(octets).read, octets.length, window);
        for (const [start, length] of all) {
          expect(Buffer.from(await ahead(start, start + length))).toEqual(
            Buffer.from(octets.subarray(start, start + length)),
          );
        }
      },
    ),
  );
});
