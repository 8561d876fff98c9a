import { command } from '../command.ts';
import { highestModseqCode } from '../copy-messages.ts';
import { expungeDeleted } from '../expunge-deleted.ts';

/** UID EXPUNGE. RFC 9051 section 6.4.9, RFC 4315 section 2.1. */
export const uidExpunge = command({
  name: 'UID EXPUNGE',
  states: ['selected'],
  capabilities: ['UIDPLUS'],
  tells: 'all',
  parse(r) {
    r.expectSpace();
    return r.expectSequenceSet();
  },
  async run(session, set) {
    const { view } = session.writableMailbox();
    const went = await expungeDeleted(session, view.resolveUids(set));
    return went.uids.length > 0 ? highestModseqCode(session) : {};
  },
});
