import { replies } from '../../../wire/smtp/replies.ts';
import { command } from '../command.ts';

/** NOOP, with any argument. RFC 5321 section 4.1.1.9. */
export const noop = command({
  verb: 'NOOP',
  needs: [],
  isIdle: true,
  parse: () => {},
  run: (session) => session.say(replies.ok),
});
