/** Waits when others should have a turn: as `SearchRun.turn`. */
export type Turn = () => Promise<void> | undefined;

/** Nodes between two looks at the clock. */
export const nodesPerLook = 1023;

/** Threads: who is below whom. Nodes are numbers from 0. */
export interface ForestShape {
  /** By node: its parent, -1 at the top. Nodes without message are at the top, and have children. */
  readonly parents: readonly number[];
  /** By node: its message, -1 for none. */
  readonly messages: readonly number[];
  /** Nodes that have a message, in the order in which siblings shall stand. */
  readonly order: Iterable<number>;
}

/** -1 ends each list. */
export interface Forest {
  readonly roots: readonly number[];
  readonly firstChildren: Int32Array;
  readonly nextSiblings: Int32Array;
}

/** All siblings in order; those without message stand where the first of their children would. RFC 5256 section 3, steps 4 and 6 of REFERENCES. */
export async function orderForest({ parents, messages, order }: ForestShape, turn: Turn): Promise<Forest> {
  const roots: number[] = [];
  const firstChildren = new Int32Array(parents.length).fill(-1);
  const lastChildren = new Int32Array(parents.length).fill(-1);
  const nextSiblings = new Int32Array(parents.length).fill(-1);
  let seen = 0;
  for (const node of order) {
    const parent = parents[node] ?? -1;
    if (parent < 0) roots.push(node);
    else {
      const last = lastChildren[parent] ?? -1;
      if (last >= 0) nextSiblings[last] = node;
      else {
        firstChildren[parent] = node;
        if (messages[parent] === -1) roots.push(parent);
      }
      lastChildren[parent] = node;
    }
    if ((++seen & nodesPerLook) === 0) await turn();
  }
  return { roots, firstChildren, nextSiblings };
}

/** The children of a node, in order. */
export function childrenOf({ firstChildren, nextSiblings }: Forest, node: number): number[] {
  const children: number[] = [];
  for (let at = firstChildren[node] ?? -1; at >= 0; at = nextSiblings[at] ?? -1) children.push(at);
  return children;
}
