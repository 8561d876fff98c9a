import { command, loggedIn } from '../command.ts';
import { expectTaggedESearch, runMultiSearch } from '../search/multi-search.ts';

/** ESEARCH: a search in several mailboxes. RFC 7377 section 2. */
export const esearch = command({
  name: 'ESEARCH',
  states: loggedIn,
  capabilities: ['MULTISEARCH'],
  tells: 'all',
  parse: expectTaggedESearch,
  run: runMultiSearch,
});
