import { expectOptionalNumber } from '../arguments.ts';
import type { Command } from '../command.ts';
import { sendListing } from '../send-listing.ts';

/** LIST, with sizes as stored. RFC 1939 section 5. */
export const list: Command = {
  name: 'LIST',
  states: ['transaction'],
  run(session, rest) {
    const number = expectOptionalNumber(rest);
    if (number === undefined) return sendListing(session, ({ sizeBytes }) => String(sizeBytes));
    session.ok(`${number} ${session.currentMaildrop().find(number).sizeBytes}`);
    return undefined;
  },
};
