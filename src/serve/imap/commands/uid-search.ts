import { command } from '../command.ts';
import { expectTaggedSearch, runSearch } from '../search/run-search.ts';

/** UID SEARCH. RFC 9051 section 6.4.9. */
export const uidSearch = command({
  name: 'UID SEARCH',
  states: ['selected'],
  tells: 'all',
  parse: expectTaggedSearch,
  run: (session, args, reply) => runSearch(session, args, true, reply),
});
