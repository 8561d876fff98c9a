import type { Command } from '../command.ts';
import { badArguments, Refuse } from '../refuse.ts';

/** USER. RFC 1939 section 7. Says nothing of whether there is such a user; only with TLS, as all passwords. */
export const user: Command = {
  name: 'USER',
  states: ['authorization'],
  capabilities: ({ mayLogin }) => (mayLogin ? ['USER'] : []),
  run(session, rest) {
    if (!session.mayLogin) throw new Refuse('turn on TLS first');
    const name = rest.trim();
    if (name === '') throw badArguments();
    session.userName = name;
    session.ok('now PASS');
  },
};
