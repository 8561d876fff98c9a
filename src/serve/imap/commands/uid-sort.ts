import { command } from '../command.ts';
import { expectTaggedSort, runSort } from '../sort/run-sort.ts';

/** UID SORT. RFC 5256 section 3. */
export const uidSort = command({
  name: 'UID SORT',
  states: ['selected'],
  tells: 'all',
  parse: expectTaggedSort,
  run: (session, args, reply) => runSort(session, args, true, reply),
});
