import { expectSelect } from '../../../wire/imap/read-select.ts';
import { command, loggedIn } from '../command.ts';
import { selectMailbox } from '../select-mailbox.ts';

/** EXAMINE: SELECT for reading only. RFC 9051 section 6.3.3. */
export const examine = command({
  name: 'EXAMINE',
  states: loggedIn,
  tells: 'nothing',
  parse: expectSelect,
  run: (session, args, reply) => selectMailbox(session, args, true, reply),
});
