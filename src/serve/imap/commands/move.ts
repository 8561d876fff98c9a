import { command } from '../command.ts';
import { expectCopy, moveMessages } from '../copy-messages.ts';

/** MOVE. RFC 9051 section 6.4.8, RFC 6851. */
export const move = command({
  name: 'MOVE',
  states: ['selected'],
  capabilities: ['MOVE'],
  tells: 'all',
  parse: expectCopy,
  run: (session, args, reply) => moveMessages(session, args, false, reply),
});
