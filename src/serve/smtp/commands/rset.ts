import { replies } from '../../../wire/smtp/replies.ts';
import { command } from '../command.ts';
import { noArguments } from './no-arguments.ts';

/** RSET. RFC 5321 section 4.1.1.5. */
export const rset = command({
  verb: 'RSET',
  needs: [],
  isIdle: true,
  parse: noArguments,
  run(session) {
    session.reset();
    session.say(replies.reset);
  },
});
