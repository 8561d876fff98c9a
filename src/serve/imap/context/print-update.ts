import type { SearchContext } from './search-context.ts';

/** Where results come or go: the first of `numbers` is at `place`, counted from 1; 0 leaves it to the client, which knows the order. */
export interface Update {
  readonly place: number;
  readonly numbers: readonly number[];
}

/** `ESEARCH (TAG "b1") UID ADDTO (0 4:6)`, to be done from left to right; undefined for nothing. RFC 5267 sections 4.3.3 and 4.3.4. */
export function printUpdate(
  { tag, byUid, correlator }: Pick<SearchContext, 'tag' | 'byUid' | 'correlator'>,
  name: 'ADDTO' | 'REMOVEFROM',
  updates: readonly Update[],
): string | undefined {
  if (updates.length === 0) return undefined;
  const text = updates.map(({ place, numbers }) => `${place} ${printSet(numbers)}`).join(' ');
  const about = correlator === undefined ? '' : ` ${correlator}`;
  return `ESEARCH (TAG "${tag}"${about})${byUid ? ' UID' : ''} ${name} (${text})`;
}

/** In the order of the numbers; ascending neighbours are joined (section 3.2). */
function printSet(numbers: readonly number[]): string {
  const ranges: string[] = [];
  for (let at = 0; at < numbers.length; at++) {
    const first = numbers[at] ?? 0;
    let last = first;
    while (numbers[at + 1] === last + 1) last = numbers[++at] ?? 0;
    ranges.push(first === last ? `${first}` : `${first}:${last}`);
  }
  return ranges.join(',');
}

/** Members that go, as updates of the list from its end to its beginning, so that places in front stay true. */
export function removals(
  members: Uint32Array,
  isGone: (uid: number) => boolean,
  numberOf: (uid: number) => number,
): Update[] {
  const updates: Update[] = [];
  for (let at = members.length - 1; at >= 0; at--) {
    if (!isGone(members[at] ?? 0)) continue;
    const end = at + 1;
    while (at > 0 && isGone(members[at - 1] ?? 0)) at--;
    updates.push({ place: at + 1, numbers: Array.from(members.subarray(at, end), numberOf) });
  }
  return updates;
}

/** Members that came, by their places in the new list, from its beginning to its end. */
export function additions(
  members: Uint32Array,
  isNew: (uid: number) => boolean,
  numberOf: (uid: number) => number,
): Update[] {
  const updates: Update[] = [];
  for (let at = 0; at < members.length; at++) {
    if (!isNew(members[at] ?? 0)) continue;
    const start = at;
    while (at + 1 < members.length && isNew(members[at + 1] ?? 0)) at++;
    updates.push({ place: start + 1, numbers: Array.from(members.subarray(start, at + 1), numberOf) });
  }
  return updates;
}
