import { command } from '../command.ts';
import { expectStore, storeFlags } from '../store-flags.ts';

/** UID STORE. RFC 9051 section 6.4.9. */
export const uidStore = command({
  name: 'UID STORE',
  states: ['selected'],
  tells: 'all',
  parse: expectStore,
  run: (session, args, reply) => storeFlags(session, args, true, reply),
});
