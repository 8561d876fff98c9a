import { command } from '../command.ts';
import { expectStore, storeFlags } from '../store-flags.ts';

/** STORE. RFC 9051 section 6.4.6; UNCHANGEDSINCE RFC 7162 section 3.1.3. */
export const store = command({
  name: 'STORE',
  states: ['selected'],
  tells: 'no-expunge',
  parse: expectStore,
  run: (session, args, reply) => storeFlags(session, args, false, reply),
});
