import type { PartialRange } from '../../../wire/imap/partial-range.ts';
import type { PositionRanges } from '../view.ts';

/** The results that PARTIAL asks for, in their order; fewer, or none, when there are not that many. RFC 9394 section 3.1. */
export function pageOf(found: Uint32Array, page: PartialRange): Uint32Array {
  const [start, end] = boundsOf(found.length, page);
  return found.subarray(Math.max(0, start), Math.max(0, end + 1));
}

/** The same of messages in ranges. RFC 9394 section 3.3. */
export function pageOfRanges(ranges: PositionRanges, page: PartialRange): PositionRanges {
  let count = 0;
  for (const [from, to] of ranges) count += to - from + 1;
  const [start, end] = boundsOf(count, page);
  const kept: (readonly [number, number])[] = [];
  let before = 0;
  for (const [from, to] of ranges) {
    const [left, right] = [Math.max(from, from + start - before), Math.min(to, from + end - before)];
    if (left <= right) kept.push([left, right]);
    before += to - from + 1;
  }
  return kept;
}

/** From 0, both included, and perhaps outside of what is there; -1 is the last one. */
function boundsOf(count: number, { first, last }: PartialRange): readonly [start: number, end: number] {
  const [low, high] = [Math.min(first, last), Math.max(first, last)];
  return [low < 0 ? count + low : low - 1, high < 0 ? count + high : high - 1];
}
