import { command } from '../command.ts';
import { expectReplace, replaceMessage } from '../replace-message.ts';

/** REPLACE. RFC 8508 section 3.2. */
export const replace = command({
  name: 'REPLACE',
  states: ['selected'],
  capabilities: ['REPLACE'],
  tells: 'all',
  takesMessage: true,
  parse: expectReplace,
  run: (session, args, reply) => replaceMessage(session, args, false, reply),
});
