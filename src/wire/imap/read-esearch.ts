import type { ImapReader } from './imap-reader.ts';
import { expectFilter, expectNames, type NamedFilter } from './read-notify.ts';
import { expectSearch } from './read-search.ts';
import type { SearchArguments } from './search-key.ts';

/** filter-mailboxes as ESEARCH has it: of the selected mailbox only `selected`, and `subtree-one` beside the others. RFC 7377 section 4. */
export type SearchSource =
  | NamedFilter
  | { readonly kind: 'selected' }
  | { readonly kind: 'subtree-one'; readonly names: readonly string[] };

/** The arguments of ESEARCH. */
export interface ESearchArguments {
  /** Undefined: only the selected mailbox. */
  readonly sources: readonly SearchSource[] | undefined;
  readonly search: SearchArguments;
}

/** Sources and the names in them. */
const maxSources = 1000;

/** esearch = "ESEARCH" [SP esearch-source-opts] [SP search-return-opts] SP search-program. RFC 7377 section 4. Starts at the space. */
export function expectESearch(r: ImapReader): ESearchArguments {
  const hasSources = r.text.slice(r.at, r.at + 5).toUpperCase() === ' IN (';
  return { sources: hasSources ? expectSources(r) : undefined, search: expectSearch(r) };
}

/** "IN" SP "(" source-mbox ")"; options of the scope are not defined by anybody yet. */
function expectSources(r: ImapReader): readonly SearchSource[] {
  r.at += 4;
  let count = 0;
  return r.expectList(() => {
    const source = expectSource(r);
    count += 1 + ('names' in source ? source.names.length : 0);
    if (count > maxSources) r.fail('fewer mailboxes');
    return source;
  }, false);
}

function expectSource(r: ImapReader): SearchSource {
  if (r.takeWord('SUBTREE-ONE')) return { kind: 'subtree-one', names: expectNames(r) };
  const at = r.at;
  const filter = expectFilter(r);
  if (filter.kind === 'selected') return { kind: 'selected' };
  return filter.kind === 'selected-delayed' ? r.fail('mailbox filter', at) : filter;
}
