import type { SearchKey } from '../../../wire/imap/search-key.ts';
import type { PositionRanges, View } from '../view.ts';

/** The messages that a search must look at: all, or those that it names by numbers and uids beside other keys. RFC 9738 section 3.1. */
export function searchedBy(key: SearchKey, view: View): PositionRanges {
  const all: PositionRanges = view.length === 0 ? [] : [[0, view.length - 1]];
  const keys = key.kind === 'and' ? key.keys : [key];
  return keys.reduce<PositionRanges>((ranges, each) => {
    if (each.kind === 'uid') return intersect(ranges, view.resolveUids(each.set));
    return each.kind === 'sequence' ? intersect(ranges, view.findNumbers(each.set)) : ranges;
  }, all);
}

/** What lies in both; both ascend. */
function intersect(a: PositionRanges, b: PositionRanges): PositionRanges {
  const both: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [firstA, lastA] = a[i] ?? [0, -1];
    const [firstB, lastB] = b[j] ?? [0, -1];
    const first = Math.max(firstA, firstB);
    const last = Math.min(lastA, lastB);
    if (first <= last) both.push([first, last]);
    if (lastA < lastB) i++;
    else j++;
  }
  return both;
}
