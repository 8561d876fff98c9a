import { command } from '../command.ts';
import { expectReplace, replaceMessage } from '../replace-message.ts';

/** UID REPLACE. RFC 8508 section 3.3. */
export const uidReplace = command({
  name: 'UID REPLACE',
  states: ['selected'],
  tells: 'all',
  takesMessage: true,
  parse: expectReplace,
  run: (session, args, reply) => replaceMessage(session, args, true, reply),
});
