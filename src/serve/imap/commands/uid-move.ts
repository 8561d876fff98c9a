import { command } from '../command.ts';
import { expectCopy, moveMessages } from '../copy-messages.ts';

/** UID MOVE. RFC 9051 section 6.4.9, RFC 6851. */
export const uidMove = command({
  name: 'UID MOVE',
  states: ['selected'],
  tells: 'all',
  parse: expectCopy,
  run: (session, args, reply) => moveMessages(session, args, true, reply),
});
