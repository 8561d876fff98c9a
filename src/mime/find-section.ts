import type { PartShape } from './part.ts';

/** A section of `BODY[…]`. RFC 9051 section 6.4.5.1. */
export interface Section {
  /** Part numbers from 1; empty for the message itself. */
  readonly path: readonly number[];
  /** undefined: the whole message, or the body of the part. */
  readonly text?: 'header' | 'header.fields' | 'header.fields.not' | 'text' | 'mime' | undefined;
  /** Field names of the two `fields` forms, any case. */
  readonly fields?: readonly string[] | undefined;
}

/**
 * Where a section's octets are: from `start` up to `end` of the message. With `fields`, only some fields of that header
 * are wanted: give its octets to `selectHeaderFields`.
 */
export interface FoundSection {
  readonly start: number;
  readonly end: number;
  readonly fields?: { readonly names: readonly string[]; readonly not: boolean } | undefined;
}

/** A node of a part tree, scanned or out of the database. */
export interface AnyPart extends PartShape<AnyPart> {}

/** Where a section is; undefined when there is none such in this message (IMAP then answers NIL). */
export function findSection(root: AnyPart, section: Section): FoundSection | undefined {
  if (section.path.length === 0) return findInMessage(root, section, true);
  const part = findPart(root, section.path);
  if (part === undefined) return undefined;
  if (section.text === undefined) return { start: part.bodyStart, end: part.bodyEnd };
  if (section.text === 'mime') return { start: part.headerStart, end: part.bodyStart };
  return part.message && findInMessage(part.message, section, false);
}

/** HEADER, TEXT and the like of a message, which may be one inside of a part. */
function findInMessage(message: AnyPart, section: Section, isRoot: boolean): FoundSection | undefined {
  const { headerStart, bodyStart, bodyEnd } = message;
  switch (section.text) {
    case undefined:
      return isRoot ? { start: headerStart, end: bodyEnd } : undefined;
    case 'text':
      return { start: bodyStart, end: bodyEnd };
    case 'header':
      return { start: headerStart, end: bodyStart };
    case 'header.fields':
    case 'header.fields.not':
      return {
        start: headerStart,
        end: bodyStart,
        fields: { names: section.fields ?? [], not: section.text === 'header.fields.not' },
      };
    case 'mime':
      return undefined;
  }
}

/**
 * The part that a path of numbers names; the root for an empty path. A message that is no multipart has one part, number
 * 1, its body; the numbers of a message/rfc822 part go on inside of its message. RFC 9051 section 6.4.5.1.
 */
export function findPart(root: AnyPart, path: readonly number[]): AnyPart | undefined {
  let part: AnyPart | undefined = root;
  let isMessage = true;
  for (const number of path) {
    if (!isMessage && part.message !== undefined) {
      part = part.message;
      isMessage = true;
    }
    if (part.type === 'multipart') part = part.children[number - 1] ?? onlyPart(part, number);
    else if (!isMessage || number !== 1) return undefined;
    if (part === undefined) return undefined;
    isMessage = false;
  }
  return part;
}

/** What BODYSTRUCTURE shows of a multipart that has no part: one without octets. */
function onlyPart(parent: AnyPart, number: number): AnyPart | undefined {
  if (number !== 1 || parent.children.length > 0) return undefined;
  const at = parent.bodyEnd;
  return {
    headerStart: at,
    bodyStart: at,
    bodyEnd: at,
    type: 'text',
    subtype: 'plain',
    encoding: '7bit',
    charset: '',
    children: [],
    message: undefined,
  };
}
