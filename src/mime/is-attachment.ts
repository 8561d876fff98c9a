import type { Part } from './part.ts';

/** Signatures belong to the message; they are nothing a person attached. */
const SIGNATURES = new Set(['pgp-signature', 'pkcs7-signature', 'x-pkcs7-signature']);

/** Whether a person would say that the message has an attachment: any part that is neither its text nor part of its look. */
export function hasAttachment(root: Part): boolean {
  return isAttached(root, false) || root.children.some((child) => childHas(child, root));
}

function childHas(part: Part, parent: Part): boolean {
  return isAttached(part, parent.subtype === 'related') || part.children.some((child) => childHas(child, part));
}

function isAttached(part: Part, isRelated: boolean): boolean {
  if (part.type === 'multipart' || SIGNATURES.has(part.subtype)) return false;
  if (part.disposition?.kind === 'attachment') return true;
  if (isRelated && part.id !== undefined) return false;
  const name = part.disposition?.params.get('filename') ?? part.params.get('name') ?? '';
  if (name !== '') return true;
  return part.type !== 'text' && part.type !== 'message';
}
