import { expectNumber } from '../arguments.ts';
import type { Command } from '../command.ts';
import { sendMessage } from '../send-message.ts';

/** RETR; flags stay as they are: reading by POP3 does not make mail seen for IMAP. RFC 1939 section 5. */
export const retr: Command = {
  name: 'RETR',
  states: ['transaction'],
  run(session, rest) {
    return sendMessage(session, session.currentMaildrop().find(expectNumber(rest)), undefined);
  },
};
