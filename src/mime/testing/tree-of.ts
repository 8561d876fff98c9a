import type { Part } from '../part.ts';

/** A part tree as plain data, for comparing: everything but the list of header fields. */
export function treeOf(part: Part): unknown {
  const { header, params, children, message, disposition, ...rest } = {
    ...part,
    params: part.params,
    charset: part.charset,
  };
  return {
    ...rest,
    header: header.text,
    params: [...params],
    disposition: disposition && { ...disposition, params: [...disposition.params] },
    children: children.map(treeOf),
    message: message && treeOf(message),
  };
}

/** Every part of the tree with the one around it. */
export function* partsOf(part: Part, parent?: Part): Generator<{ part: Part; parent: Part | undefined }> {
  yield { part, parent };
  for (const child of part.children) yield* partsOf(child, part);
  if (part.message !== undefined) yield* partsOf(part.message, part);
}

/** Breaches of what must hold for any tree: offsets in order and in bounds, parts inside of each other, siblings in order. */
export function findTreeBreaches(root: Part, size: number): string[] {
  const breaches: string[] = [];
  const check = (holds: boolean, what: string): void => {
    if (!holds) breaches.push(what);
  };
  check(root.headerStart === 0 && root.bodyEnd === size, 'the root is the whole message');
  for (const { part, parent } of partsOf(root)) {
    check(
      part.headerStart <= part.bodyStart && part.bodyStart <= part.bodyEnd,
      `order ${part.headerStart} ${part.bodyStart} ${part.bodyEnd}`,
    );
    check(part.lines >= 0 && part.lines <= part.bodyEnd - part.bodyStart, `lines ${part.lines}`);
    if (parent !== undefined)
      check(parent.bodyStart <= part.headerStart && part.bodyEnd <= parent.bodyEnd, `nesting at ${part.headerStart}`);
    let last = part.bodyStart;
    for (const child of part.children) {
      check(last <= child.headerStart, `siblings at ${child.headerStart}`);
      last = child.bodyEnd;
    }
  }
  return breaches;
}
