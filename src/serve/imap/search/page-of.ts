import type { PartialRange } from '../../../wire/imap/search-key.ts';
import type { PositionRanges } from '../view.ts';

/** The results that PARTIAL asks for, in their order; fewer, or none, when there are not that many. RFC 9394 section 3.1. */
export function pageOf(found: Uint32Array, { first, last }: PartialRange): Uint32Array {
  const [from, to] = [Math.min(first, last), Math.max(first, last)];
  // -1 is the last one.
  if (to < 0) return found.subarray(Math.max(0, found.length + from), Math.max(0, found.length + to + 1));
  return found.subarray(from - 1, to);
}

/** The same of messages in ranges. RFC 9394 section 3.2. */
export function pageOfRanges(ranges: PositionRanges, { first, last }: PartialRange): PositionRanges {
  let count = 0;
  for (const [from, to] of ranges) count += to - from + 1;
  const [low, high] = [Math.min(first, last), Math.max(first, last)];
  // From 0, both included.
  const start = low < 0 ? count + low : low - 1;
  const end = high < 0 ? count + high : high - 1;
  const page: (readonly [number, number])[] = [];
  let before = 0;
  for (const [from, to] of ranges) {
    const [left, right] = [Math.max(from, from + start - before), Math.min(to, from + end - before)];
    if (left <= right) page.push([left, right]);
    before += to - from + 1;
  }
  return page;
}
