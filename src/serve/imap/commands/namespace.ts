import { command, loggedIn } from '../command.ts';
import { otherUsers } from '../sharing/shared-name.ts';

/** NAMESPACE: the personal one without prefix, and that of mailboxes which others share. RFC 9051 section 6.3.10, RFC 2342. */
export const namespace = command({
  name: 'NAMESPACE',
  states: loggedIn,
  capabilities: ['NAMESPACE'],
  tells: 'all',
  parse() {},
  run(_session, _args, reply) {
    reply.untagged(`NAMESPACE (("" "/")) (("${otherUsers}/" "/")) NIL`);
  },
});
