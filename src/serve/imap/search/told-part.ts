import type { SearchReturn } from '../../../wire/imap/search-key.ts';
import type { PositionList } from './position-list.ts';

/**
 * What `$` and MODSEQ are about, of the messages that were found (in the order of the answer): everything, or only the ends
 * and the page when nothing else was asked for. RFC 5182 section 2.4, RFC 9394 section 3.2. In the order of `found`.
 */
export function toldPart(
  found: PositionList,
  page: PositionList | undefined,
  returns: ReadonlySet<SearchReturn> | undefined,
): PositionList {
  if (returns === undefined || returns.has('ALL') || returns.has('COUNT')) return found;
  if (page === undefined && !returns.has('MIN') && !returns.has('MAX')) return found;
  const [first, last] = [found[0], found.at(-1)];
  // A page is a piece of `found`, so what stands first in both is the same.
  const told = new Set(returns.has('MIN') && first !== undefined ? [first] : []);
  for (const position of page ?? []) told.add(position);
  if (returns.has('MAX') && last !== undefined) told.add(last);
  return Uint32Array.from(told);
}
