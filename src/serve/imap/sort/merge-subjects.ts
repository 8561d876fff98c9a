import { childrenOf, nodesPerLook, type Forest, type Turn } from './forest.ts';
import type { ThreadLinks } from './thread-links.ts';

/** What is known of the subjects of messages, by message. */
export interface Subjects {
  /** The same number for the same base subject; 0 for the empty one. */
  readonly ids: Float64Array;
  /** 1 when there was a reply or forward marker. */
  readonly replies: Uint8Array;
}

/** Threads with the same base subject become one: step 5 of REFERENCES. RFC 5256 section 3. Changes `links`; the forest is as before. */
export async function mergeSubjects(links: ThreadLinks, forest: Forest, subjects: Subjects, turn: Turn): Promise<void> {
  const { parents, messages } = links;
  const isDummy = (node: number): boolean => messages[node] === -1;
  const isReply = (node: number): boolean => !isDummy(node) && subjects.replies[messages[node] ?? 0] === 1;
  const subjectOf = (node: number): number => {
    const shown = isDummy(node) ? (forest.firstChildren[node] ?? -1) : node;
    return subjects.ids[messages[shown] ?? -1] ?? 0;
  };
  const table = new Map<number, number>();
  let seen = 0;
  for (const root of forest.roots) {
    if ((++seen & nodesPerLook) === 0) await turn();
    const subject = subjectOf(root);
    if (subject === 0) continue;
    const held = table.get(subject);
    if (held === undefined) table.set(subject, root);
    else if (!isDummy(held) && (isDummy(root) || (isReply(held) && !isReply(root)))) table.set(subject, root);
  }
  for (const root of forest.roots) {
    const subject = subjectOf(root);
    const held = table.get(subject);
    if (subject !== 0 && held !== undefined && held !== root) {
      if (isDummy(held) && isDummy(root)) for (const child of childrenOf(forest, root)) parents[child] = held;
      else if (isDummy(held) || (isReply(root) && !isReply(held))) parents[root] = held;
      else {
        const dummy = links.addEmpty();
        parents[held] = dummy;
        parents[root] = dummy;
        table.set(subject, dummy);
      }
    }
    if ((++seen & nodesPerLook) === 0) await turn();
  }
}
