import { command } from '../command.ts';
import { highestModseqCode } from '../copy-messages.ts';
import { expungeAllDeleted } from '../expunge-deleted.ts';

/** EXPUNGE. RFC 9051 section 6.4.3; what went is told like all changes, just before the answer. RFC 7162 section 3.2.7. */
export const expunge = command({
  name: 'EXPUNGE',
  states: ['selected'],
  tells: 'all',
  parse() {},
  async run(session) {
    const went = await expungeAllDeleted(session);
    return went.uids.length > 0 ? highestModseqCode(session) : {};
  },
});
