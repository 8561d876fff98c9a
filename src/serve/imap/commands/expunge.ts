import { command } from '../command.ts';
import { highestModseqCode } from '../copy-messages.ts';
import { expungeDeleted } from '../expunge-deleted.ts';

/** EXPUNGE. RFC 9051 section 6.4.3; what went is told like all changes, just before the answer. RFC 7162 section 3.2.7. */
export const expunge = command({
  name: 'EXPUNGE',
  states: ['selected'],
  tells: 'all',
  parse() {},
  async run(session) {
    const { view } = session.writableMailbox();
    const went = await expungeDeleted(session, [[0, view.length - 1]]);
    return went.uids.length > 0 ? highestModseqCode(session) : {};
  },
});
