import { replies } from '../../../wire/smtp/replies.ts';
import { command } from '../command.ts';
import { noArguments } from './no-arguments.ts';

/** QUIT. RFC 5321 section 4.1.1.10. */
export const quit = command({
  verb: 'QUIT',
  needs: [],
  parse: noArguments,
  run: (session) => session.leave(replies.goodbye, true),
});
