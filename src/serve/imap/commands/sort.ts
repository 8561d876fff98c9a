import { command } from '../command.ts';
import { expectTaggedSort, runSort } from '../sort/run-sort.ts';

/** SORT. RFC 5256 section 3; names RFC 5957, RETURN and contexts RFC 5267. */
export const sort = command({
  name: 'SORT',
  states: ['selected'],
  capabilities: ['SORT', 'SORT=DISPLAY', 'ESORT', 'CONTEXT=SORT'],
  tells: 'no-expunge',
  parse: expectTaggedSort,
  run: (session, args, reply) => runSort(session, args, false, reply),
});
