import { expectNumber } from '../arguments.ts';
import type { Command } from '../command.ts';

/** DELE: marks, QUIT removes. RFC 1939 section 5. */
export const dele: Command = {
  name: 'DELE',
  states: ['transaction'],
  run(session, rest) {
    const maildrop = session.currentMaildrop();
    maildrop.markDeleted(maildrop.find(expectNumber(rest)));
    session.ok('goes at QUIT');
  },
};
