import { expectFetch } from '../../../wire/imap/read-fetch.ts';
import { command } from '../command.ts';
import { runFetch } from '../fetch/run-fetch.ts';

/** FETCH. RFC 9051 section 6.4.5; BINARY RFC 3516, MODSEQ and CHANGEDSINCE RFC 7162 section 3.1.4, SAVEDATE RFC 8514, PREVIEW RFC 8970, EMAILID and THREADID RFC 8474. */
export const fetch = command({
  name: 'FETCH',
  states: ['selected'],
  capabilities: ['BINARY', 'SAVEDATE', 'PREVIEW', 'OBJECTID'],
  tells: 'no-expunge',
  parse: expectFetch,
  run: (session, args, reply) => runFetch(session, args, false, reply),
});
