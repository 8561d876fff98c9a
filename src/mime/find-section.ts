import type { PartShape } from './part.ts';

/** A section of `BODY[…]`. RFC 9051 section 6.4.5.1. */
export interface Section {
  /** Part numbers; empty for the message itself. */
  readonly path: readonly number[];
  /** undefined: the whole part (or message). */
  readonly text?: 'header' | 'header.fields' | 'header.fields.not' | 'text' | 'mime' | undefined;
  /** Field names of the two `fields` forms, any case. */
  readonly fields?: readonly string[] | undefined;
}

/** Where a section's octets are: a range of the message, of which only some fields are wanted when `fields` is set. */
export interface FoundSection {
  readonly start: number;
  readonly end: number;
  readonly fields?: { readonly names: readonly string[]; readonly not: boolean } | undefined;
}

/** A node of a part tree, scanned or out of the database. */
export interface AnyPart extends PartShape<AnyPart> {}

/** The octets of a section; undefined when there is no such part (IMAP then answers NIL or an empty string). */
export function findSection(_root: AnyPart, _section: Section): FoundSection | undefined {
  throw new Error('not built yet');
}

/** The part that a path of numbers names; the root for an empty path. */
export function findPart(_root: AnyPart, _path: readonly number[]): AnyPart | undefined {
  throw new Error('not built yet');
}
