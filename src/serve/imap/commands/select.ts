import { expectSelect } from '../../../wire/imap/read-select.ts';
import { command, loggedIn } from '../command.ts';
import { selectMailbox } from '../select-mailbox.ts';

/** SELECT. RFC 9051 section 6.3.2; CONDSTORE and QRESYNC parameters RFC 7162 sections 3.1.8 and 3.2.5. */
export const select = command({
  name: 'SELECT',
  states: loggedIn,
  tells: 'nothing',
  parse: expectSelect,
  run: (session, args, reply) => selectMailbox(session, args, false, reply),
});
