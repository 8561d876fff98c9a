import { command } from '../command.ts';
import { highestModseqCode } from '../copy-messages.ts';
import { expungeDeleted, onlyDeleted } from '../expunge-deleted.ts';
import { endLimited, limitMessages } from '../message-limit.ts';

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
  async run(session, set, reply) {
    const { view } = session.writableMailbox();
    const asked = view.resolveUids(set);
    // The store finds those that are marked; only a limit must count them before.
    const counted = session.options.messageLimit === undefined ? asked : onlyDeleted(view, asked);
    const limited = limitMessages(session, view, counted);
    const went = await expungeDeleted(session, limited.positions);
    return endLimited(went.uids.length > 0 ? highestModseqCode(session) : {}, limited, reply);
  },
});
