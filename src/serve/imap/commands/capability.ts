import { anyState, command } from '../command.ts';

/** CAPABILITY. RFC 9051 section 6.1.1. */
export const capability = command({
  name: 'CAPABILITY',
  states: anyState,
  tells: 'all',
  parse() {},
  run(session, _args, reply) {
    reply.untagged(`CAPABILITY ${session.printCapabilities(session)}`);
  },
});
