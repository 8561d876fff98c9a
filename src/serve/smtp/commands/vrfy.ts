import { replies } from '../../../wire/smtp/replies.ts';
import { command } from '../command.ts';

/** VRFY tells nothing of who exists. RFC 5321 sections 3.5.3 and 7.3. */
export const vrfy = command({
  verb: 'VRFY',
  needs: [],
  isIdle: true,
  parse: () => {},
  run: (session) => session.say(replies.cannotVerify),
});
