import { nodesPerLook, type Turn } from './forest.ts';

/** Steps that looking for loops may take, for each node and for all together: a bound for made-up References. */
const stepsPerNode = 100;
const steps = 1_000_000;

/**
 * Who answers whom, by the hashes of the ids in messages: step 1 of REFERENCES, and the step 3 that takes ids away which no
 * message has. A node is a message, or an id that some message refers to. RFC 5256 section 3, BASE.6.4.THREAD.
 */
export class ThreadLinks {
  /** By node: its parent, -1 for none. */
  readonly parents: number[] = [];
  /** By node: the message (any number of the caller), -1 when no message has the id. */
  readonly messages: number[] = [];
  private readonly childCounts: number[] = [];
  /** Nodes by id. */
  private readonly nodes = new Map<number, number>();
  private readonly maxNodes: number;
  private stepsLeft: number;

  /** @param messageCount how many messages there will be; ids beyond a few times as many are passed over. */
  constructor(messageCount: number) {
    this.maxNodes = messageCount * 5 + 100_000;
    this.stepsLeft = messageCount * stepsPerNode + steps;
  }

  /** In the order of the mailbox. `id`: 0 for none. `references`: the oldest first. @returns its node. */
  add(message: number, id: number, references: readonly number[]): number {
    const node = this.nodeOfMessage(message, id);
    let previous = -1;
    for (const reference of references) {
      const next = this.nodeOfReference(reference);
      if (next < 0) continue;
      if (previous >= 0 && (this.parents[next] ?? -1) < 0) this.link(previous, next);
      previous = next;
    }
    this.unlink(node);
    if (previous >= 0) this.link(previous, node);
    return node;
  }

  /** A node above others that has neither id nor message. */
  addEmpty(): number {
    return this.newNode(-1);
  }

  private nodeOfMessage(message: number, id: number): number {
    if (id === 0) return this.newNode(message);
    const known = this.nodes.get(id);
    // Of messages with the same id only the first has it.
    if (known !== undefined && this.messages[known] !== -1) return this.newNode(message);
    const node = known ?? this.newNode(message);
    this.messages[node] = message;
    this.nodes.set(id, node);
    return node;
  }

  private nodeOfReference(id: number): number {
    const known = this.nodes.get(id);
    if (known !== undefined) return known;
    if (this.parents.length >= this.maxNodes) return -1;
    const node = this.newNode(-1);
    this.nodes.set(id, node);
    return node;
  }

  private newNode(message: number): number {
    this.childCounts.push(0);
    this.messages.push(message);
    return this.parents.push(-1) - 1;
  }

  private unlink(node: number): void {
    const parent = this.parents[node] ?? -1;
    if (parent < 0) return;
    this.parents[node] = -1;
    this.childCounts[parent] = (this.childCounts[parent] ?? 0) - 1;
  }

  private link(parent: number, node: number): void {
    if (this.isWithin(parent, node)) return;
    this.parents[node] = parent;
    this.childCounts[parent] = (this.childCounts[parent] ?? 0) + 1;
  }

  /** A loop would come of it, or nobody knows because the steps are used up. */
  private isWithin(node: number, ancestor: number): boolean {
    if (node === ancestor) return true;
    if (this.childCounts[ancestor] === 0) return false;
    for (let at = this.parents[node] ?? -1; at >= 0; at = this.parents[at] ?? -1) {
      if (at === ancestor || --this.stepsLeft < 0) return true;
    }
    return false;
  }

  /**
   * Leaves only messages below messages, and ids without one at the top of two messages or more: the others' children go up.
   * Takes time that grows with the number of nodes only.
   */
  async prune(turn: Turn): Promise<void> {
    const tops = await this.findTops(turn);
    const { parents, messages } = this;
    const below = new Int32Array(parents.length);
    for (let node = 0; node < parents.length; node++) {
      if ((node & nodesPerLook) === 0) await turn();
      if (messages[node] === -1) continue;
      const parent = parents[node] ?? -1;
      if (parent >= 0 && messages[parent] === -1) parents[node] = tops[parent] ?? -1;
      const now = parents[node] ?? -1;
      if (now >= 0) below[now] = (below[now] ?? 0) + 1;
    }
    for (let node = 0; node < parents.length; node++) {
      if ((node & nodesPerLook) === 0) await turn();
      const parent = parents[node] ?? -1;
      const isLoneBelowNothing = parent >= 0 && messages[parent] === -1 && below[parent] === 1;
      if (messages[node] === -1 || isLoneBelowNothing) parents[node] = -1;
    }
  }

  /** For each node without message: the nearest message above it, else the topmost node. */
  private async findTops(turn: Turn): Promise<Int32Array> {
    const tops = new Int32Array(this.parents.length).fill(-1);
    const path: number[] = [];
    for (let start = 0; start < this.parents.length; start++) {
      if ((start & nodesPerLook) === 0) await turn();
      let at = start;
      let top = -1;
      while (top < 0) {
        if (this.messages[at] !== -1) top = at;
        else if ((tops[at] ?? -1) >= 0) top = tops[at] ?? -1;
        else {
          path.push(at);
          const parent = this.parents[at] ?? -1;
          if (parent < 0) top = at;
          else at = parent;
        }
      }
      for (const node of path) tops[node] = top;
      path.length = 0;
    }
    return tops;
  }
}
