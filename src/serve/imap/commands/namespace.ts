import { command, loggedIn } from '../command.ts';

/** NAMESPACE: one personal namespace without prefix. RFC 9051 section 6.3.10, RFC 2342. */
export const namespace = command({
  name: 'NAMESPACE',
  states: loggedIn,
  capabilities: ['NAMESPACE'],
  tells: 'all',
  parse() {},
  run(_session, _args, reply) {
    reply.untagged('NAMESPACE (("" "/")) NIL NIL');
  },
});
