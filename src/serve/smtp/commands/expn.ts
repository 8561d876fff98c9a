import { replies } from '../../../wire/smtp/replies.ts';
import { command } from '../command.ts';

/** EXPN tells nothing of who is on a list. RFC 5321 sections 3.5.3 and 7.3. */
export const expn = command({
  verb: 'EXPN',
  needs: [],
  isIdle: true,
  parse: () => {},
  run: (session) => session.say(replies.cannotVerify),
});
