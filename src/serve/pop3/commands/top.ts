import { expectTwoNumbers } from '../arguments.ts';
import type { Command } from '../command.ts';
import { sendMessage } from '../send-message.ts';

/** TOP: the header, and so many lines of the body. RFC 1939 section 7. */
export const top: Command = {
  name: 'TOP',
  states: ['transaction'],
  capabilities: () => ['TOP'],
  run(session, rest) {
    const [number, lines] = expectTwoNumbers(rest);
    return sendMessage(session, session.currentMaildrop().find(number), lines);
  },
};
