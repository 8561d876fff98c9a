import { nodesPerLook, type Forest, type Turn } from './forest.ts';
import { sortInTurns } from './sort-in-turns.ts';

/**
 * The same forest with its threads in the order of the newest message of each: the last step of THREAD=REFS
 * (draft-ietf-morg-inthread). `order`: the nodes that have a message; `dateOf` gives the date of such a node.
 */
export async function orderRootsByNewest(
  forest: Forest,
  parents: readonly number[],
  order: Iterable<number>,
  dateOf: (node: number) => number,
  turn: Turn,
): Promise<Forest> {
  const roots = await findRoots(parents, turn);
  const newest = new Float64Array(parents.length).fill(-Infinity);
  let seen = 0;
  for (const node of order) {
    if ((++seen & nodesPerLook) === 0) await turn();
    const root = roots[node] ?? node;
    newest[root] = Math.max(newest[root] ?? -Infinity, dateOf(node));
  }
  const dates = Float64Array.from(forest.roots, (root) => newest[root] ?? 0);
  const compare = (a: number, b: number): number => (dates[a] ?? 0) - (dates[b] ?? 0) || a - b;
  const sorted = await sortInTurns(forest.roots.length, compare, turn);
  return { ...forest, roots: Array.from(sorted, (at) => forest.roots[at] ?? 0) };
}

/** By node: what is on top of it. Each node is passed over at most twice. */
async function findRoots(parents: readonly number[], turn: Turn): Promise<Int32Array> {
  const roots = new Int32Array(parents.length).fill(-1);
  const path: number[] = [];
  for (let start = 0; start < parents.length; start++) {
    if ((start & nodesPerLook) === 0) await turn();
    let at = start;
    while ((roots[at] ?? -1) < 0) {
      path.push(at);
      const parent = parents[at] ?? -1;
      if (parent < 0) roots[at] = at;
      else at = parent;
    }
    const root = roots[at] ?? at;
    for (const node of path) roots[node] = root;
    path.length = 0;
  }
  return roots;
}
