import { expectNothing } from '../arguments.ts';
import type { Command } from '../command.ts';

/**
 * UTF8. RFC 6856 section 2.1; USER: names and passwords in UTF-8 (section 2.2). Messages are given as they are stored,
 * whether or not the client has said this: a header in UTF-8 is never rewritten or withheld.
 */
export const utf8: Command = {
  name: 'UTF8',
  states: ['authorization'],
  capabilities: () => ['UTF8 USER'],
  run(session, rest) {
    expectNothing(rest);
    session.utf8 = true;
    session.ok('UTF-8 it is');
  },
};
