import type { AnyPart } from '../find-section.ts';

/** A part without parts inside of it. */
export interface Leaf {
  readonly part: AnyPart;
  /** Inside of a multipart/signed or multipart/encrypted, which nobody on the way may change (RFC 1847 section 2.1). */
  readonly isSealed: boolean;
}

/** All leaves in the order of their octets. */
export function listLeaves(root: AnyPart): readonly Leaf[] {
  const leaves: Leaf[] = [];
  visit(root, false, leaves);
  return leaves;
}

function visit(part: AnyPart, isSealed: boolean, leaves: Leaf[]): void {
  const inner = part.message === undefined ? part.children : [part.message];
  const seals = part.type === 'multipart' && (part.subtype === 'signed' || part.subtype === 'encrypted');
  if (inner.length === 0) leaves.push({ part, isSealed });
  for (const child of inner) visit(child, isSealed || seals, leaves);
}
