import { read } from '../read.ts';

/** Most numbers that a set may stand for: `1:4294967295` is a few octets, and a server could send it. */
const maxNumbers = 10_000_000;

/** Ranges of numbers, first ≤ last, in the order in which they were named. */
export type NumberRanges = readonly (readonly [first: number, last: number])[];

/** `2,4:7` as ranges; undefined when it is no set, or has `*`. RFC 9051 section 9, uid-set. */
export function parseNumberSet(text: string): NumberRanges | undefined {
  const parsed = read(text, (reader) => reader.expectRanges());
  if (!parsed.ok || parsed.value.some((range) => range.includes(Infinity))) return undefined;
  return parsed.value.map(([a, b]) => (a <= b ? [a, b] : [b, a]));
}

/** All numbers of the ranges in order; undefined when there are more than ten million. */
export function expandRanges(ranges: NumberRanges): readonly number[] | undefined {
  let count = 0;
  for (const [first, last] of ranges) count += last - first + 1;
  if (count > maxNumbers) return undefined;
  const numbers: number[] = [];
  for (const [first, last] of ranges) for (let n = first; n <= last; n++) numbers.push(n);
  return numbers;
}
