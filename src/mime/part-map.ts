import type { Result } from '../base/result.ts';
import type { PartShape } from './part.ts';

/** The part tree as kept in the database: enough to find every section without reading the message again. */
export interface MappedPart extends PartShape<MappedPart> {}

/** Compact JSON of a part tree, without headers. */
export function printPartMap(_part: MappedPart): string {
  throw new Error('not built yet');
}

/** Parses what `printPartMap` wrote. */
export function parsePartMap(_text: string): Result<MappedPart> {
  throw new Error('not built yet');
}
