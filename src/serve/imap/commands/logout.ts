import { anyState, command } from '../command.ts';

/** LOGOUT. RFC 9051 section 6.1.3. */
export const logout = command({
  name: 'LOGOUT',
  states: anyState,
  tells: 'nothing',
  parse() {},
  run(session, _args, reply) {
    reply.untagged('BYE logging out');
    return {
      after: () => {
        session.ending = true;
        session.sink.close(true);
      },
    };
  },
});
