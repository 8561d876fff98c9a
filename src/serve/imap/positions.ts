import type { PositionRanges, View } from './view.ts';

/** Collects ascending positions into ranges. */
export class RangeCollector {
  readonly ranges: [first: number, last: number][] = [];

  /** Must not be below those added before; the same again is passed over. */
  add(position: number): void {
    const last = this.ranges.at(-1);
    if (last === undefined || position > last[1] + 1) this.ranges.push([position, position]);
    else if (position > last[1]) last[1] = position;
  }
}

/** Those of the positions whose messages are still in the mailbox, and how many are not. */
export function keepLive(
  view: View,
  positions: PositionRanges,
): { readonly live: PositionRanges; readonly expunged: number } {
  if (!view.hasExpunged()) return { live: positions, expunged: 0 };
  const live = new RangeCollector();
  let expunged = 0;
  for (const [first, last] of positions) {
    for (let position = first; position <= last; position++) {
      if (view.indexPosition(position) >= 0) live.add(position);
      else expunged++;
    }
  }
  return { live: live.ranges, expunged };
}

/** How many messages the ranges hold. */
export function countPositions(positions: PositionRanges): number {
  return positions.reduce((count, [first, last]) => count + last - first + 1, 0);
}
