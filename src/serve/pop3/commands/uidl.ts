import { expectOptionalNumber } from '../arguments.ts';
import type { Command } from '../command.ts';
import { sendListing } from '../send-listing.ts';

/** UIDL: UIDVALIDITY and UID of IMAP. RFC 1939 section 7. */
export const uidl: Command = {
  name: 'UIDL',
  states: ['transaction'],
  capabilities: () => ['UIDL'],
  run(session, rest) {
    const number = expectOptionalNumber(rest);
    if (number === undefined) return sendListing(session, ({ uniqueId }) => uniqueId);
    session.ok(`${number} ${session.currentMaildrop().find(number).uniqueId}`);
    return undefined;
  },
};
