import { expectFetch } from '../../../wire/imap/read-fetch.ts';
import { command } from '../command.ts';
import { runFetch } from '../fetch/run-fetch.ts';

/** UID FETCH. RFC 9051 section 6.4.9; VANISHED RFC 7162 section 3.2.6. */
export const uidFetch = command({
  name: 'UID FETCH',
  states: ['selected'],
  tells: 'all',
  parse: expectFetch,
  run: (session, args, reply) => runFetch(session, args, true, reply),
});
