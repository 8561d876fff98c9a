import type { SortCriterion } from '../../../wire/imap/sort-key.ts';
import type { SearchRun } from '../search/search-run.ts';
import { sortInTurns } from '../sort/sort-in-turns.ts';
import { loadOrder } from '../sort/sort-values.ts';

/** Up to so many new ones are put in their places one by one: each looks at some members only. */
const maxOneByOne = 30;

/** The members (uids in the order of the criteria) and the new ones, in order. All of them are in the view. */
export async function insertSorted(
  run: SearchRun,
  members: Uint32Array,
  fresh: readonly number[],
  criteria: readonly SortCriterion[],
): Promise<Uint32Array> {
  if (fresh.length > maxOneByOne) return sortAll(run, [...members, ...fresh], criteria);
  let sorted = members;
  for (const uid of fresh) {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (await comesFirst(run, uid, sorted[middle] ?? 0, criteria)) high = middle;
      else low = middle + 1;
    }
    const grown = new Uint32Array(sorted.length + 1);
    grown.set(sorted.subarray(0, low));
    grown[low] = uid;
    grown.set(sorted.subarray(low), low + 1);
    sorted = grown;
  }
  return sorted;
}

async function comesFirst(
  run: SearchRun,
  uid: number,
  other: number,
  criteria: readonly SortCriterion[],
): Promise<boolean> {
  const { view } = run.selected;
  const pair = Uint32Array.of(view.find(uid), view.find(other)).sort();
  const compare = await loadOrder(run, pair, criteria);
  const isFirst = compare(0, 1) < 0;
  return uid < other ? isFirst : !isFirst;
}

async function sortAll(
  run: SearchRun,
  uids: readonly number[],
  criteria: readonly SortCriterion[],
): Promise<Uint32Array> {
  const { view } = run.selected;
  const positions = Uint32Array.from(uids, (uid) => view.find(uid)).sort();
  const compare = await loadOrder(run, positions, criteria);
  const order = await sortInTurns(positions.length, compare, () => run.turn());
  return order.map((at) => view.uidAt(positions[at] ?? 0));
}
