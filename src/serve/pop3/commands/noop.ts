import { expectNothing } from '../arguments.ts';
import type { Command } from '../command.ts';

/** NOOP. RFC 1939 section 5. */
export const noop: Command = {
  name: 'NOOP',
  states: ['transaction'],
  run(session, rest) {
    expectNothing(rest);
    session.ok('');
  },
};
