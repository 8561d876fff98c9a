import { expectNothing } from '../arguments.ts';
import type { Command } from '../command.ts';

/** RSET. RFC 1939 section 5. */
export const rset: Command = {
  name: 'RSET',
  states: ['transaction'],
  run(session, rest) {
    expectNothing(rest);
    const maildrop = session.currentMaildrop();
    maildrop.unmarkAll();
    session.ok(`${maildrop.count} messages`);
  },
};
