import { ChunkedOutput } from '../fetch/chunked-output.ts';
import type { Reply } from '../respond.ts';
import { childrenOf, nodesPerLook, type Forest } from './forest.ts';

const open = -1;
const close = -2;

/**
 * `THREAD (2)(3 6 (4 23)(44 7 96))`: `numberOf` gives the number of a node's message, undefined when it has none. RFC 5256
 * section 4. Without recursion, so that no chain is too long.
 */
export async function writeThreads(
  reply: Reply,
  forest: Forest,
  numberOf: (node: number) => number | undefined,
): Promise<void> {
  const out = new ChunkedOutput(reply);
  out.add('* THREAD');
  if (forest.roots.length > 0) out.add(' ');
  // What is still to be said, the next one last.
  const stack: number[] = [];
  const pushLists = (nodes: readonly number[]): void => {
    for (let i = nodes.length - 1; i >= 0; i--) stack.push(close, nodes[i] ?? 0, open);
  };
  let seen = 0;
  for (const root of forest.roots) {
    pushLists([root]);
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (next === open || next === close) out.add(next === open ? '(' : ')');
      else {
        const number = numberOf(next);
        const children = childrenOf(forest, next);
        if (number !== undefined) out.add(`${number}${children.length > 0 ? ' ' : ''}`);
        if (children.length === 1) stack.push(children[0] ?? 0);
        else pushLists(children);
      }
      if ((++seen & nodesPerLook) !== 0) continue;
      const wait = out.pause();
      if (wait !== undefined) await wait;
      if (reply.gone) return;
    }
  }
  out.add('\r\n');
  out.flush();
}
