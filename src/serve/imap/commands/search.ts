import { command } from '../command.ts';
import { expectTaggedSearch, runSearch } from '../search/run-search.ts';

/** SEARCH. RFC 9051 section 6.4.4; ESEARCH RFC 4731, SEARCHRES RFC 5182, WITHIN RFC 5032, PARTIAL RFC 9394, FUZZY RFC 6203, FILTERS RFC 5466, CONTEXT RFC 5267 section 4, INPROGRESS RFC 9585. */
export const search = command({
  name: 'SEARCH',
  states: ['selected'],
  capabilities: [
    'ESEARCH',
    'SEARCHRES',
    'WITHIN',
    'PARTIAL',
    'INPROGRESS',
    'SEARCH=FUZZY',
    'FILTERS',
    'CONTEXT=SEARCH',
  ],
  tells: 'no-expunge',
  parse: expectTaggedSearch,
  run: (session, args, reply) => runSearch(session, args, false, reply),
});
