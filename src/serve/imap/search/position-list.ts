import type { PositionRanges } from '../view.ts';
import { RangeCollector } from '../positions.ts';

/** Ascending positions of messages: what search keys work on. */
export type PositionList = Uint32Array;

export const noPositions: PositionList = new Uint32Array(0);

export function positionsToRanges(positions: PositionList): PositionRanges {
  const collector = new RangeCollector();
  for (const position of positions) collector.add(position);
  return collector.ranges;
}

/** first, first + 1 … up to before `end`. */
export function positionsBetween(first: number, end: number): PositionList {
  const positions = new Uint32Array(Math.max(0, end - first));
  for (let i = 0; i < positions.length; i++) positions[i] = first + i;
  return positions;
}

/** Those for which `matches` holds. */
export function keepPositions(positions: PositionList, matches: (position: number) => boolean): PositionList {
  const kept = new Uint32Array(positions.length);
  let count = 0;
  for (const position of positions) if (matches(position)) kept[count++] = position;
  return kept.subarray(0, count);
}

/** Those of `positions` that are not in `without`, which is a part of them. */
export function subtractPositions(positions: PositionList, without: PositionList): PositionList {
  if (without.length === 0) return positions;
  const kept = new Uint32Array(positions.length - without.length);
  let count = 0;
  let at = 0;
  for (const position of positions) {
    if (without[at] === position) at++;
    else kept[count++] = position;
  }
  return kept.subarray(0, count);
}

/** Both together; they have none in common. */
export function mergePositions(a: PositionList, b: PositionList): PositionList {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const merged = new Uint32Array(a.length + b.length);
  let i = 0;
  let j = 0;
  for (let at = 0; at < merged.length; at++) {
    const x = a[i] ?? Infinity;
    const y = b[j] ?? Infinity;
    if (x < y) {
      merged[at] = x;
      i++;
    } else {
      merged[at] = y;
      j++;
    }
  }
  return merged;
}

/** Those that lie in the ranges. Both ascend. */
export function intersectRanges(positions: PositionList, ranges: PositionRanges): PositionList {
  let range = 0;
  return keepPositions(positions, (position) => {
    while (range < ranges.length && (ranges[range]?.[1] ?? 0) < position) range++;
    return (ranges[range]?.[0] ?? Infinity) <= position;
  });
}
