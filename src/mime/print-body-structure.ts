import type { Part } from './part.ts';

/** BODYSTRUCTURE with its parentheses, one character one octet. RFC 9051 section 7.5.2. */
export function printBodyStructure(_part: Part): string {
  throw new Error('not built yet');
}

/** BODY: the same without extension data. */
export function printBody(_part: Part): string {
  throw new Error('not built yet');
}
