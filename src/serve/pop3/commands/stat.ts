import { expectNothing } from '../arguments.ts';
import type { Command } from '../command.ts';

/** STAT. RFC 1939 section 5. */
export const stat: Command = {
  name: 'STAT',
  states: ['transaction'],
  run(session, rest) {
    expectNothing(rest);
    const { count, bytes } = session.currentMaildrop();
    session.ok(`${count} ${bytes}`);
  },
};
