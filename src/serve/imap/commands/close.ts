import { command } from '../command.ts';
import { expungeAllDeleted } from '../expunge-deleted.ts';
import { deselect } from '../select-mailbox.ts';

/** CLOSE: expunges without telling, then leaves. RFC 9051 section 6.4.1; HIGHESTMODSEQ RFC 7162 section 3.2.8. */
export const close = command({
  name: 'CLOSE',
  states: ['selected'],
  tells: 'nothing',
  parse() {},
  async run(session) {
    // RFC 9051 section 6.4.1, RFC 4314 section 4: nothing goes, and that is no error, after EXAMINE and without the right.
    const { readOnly, rights } = session.currentMailbox();
    const isKept = readOnly || !rights.includes('e');
    const modseq = isKept ? undefined : (await expungeAllDeleted(session)).modseq;
    deselect(session);
    return session.qresync && modseq !== undefined ? { code: `HIGHESTMODSEQ ${modseq}` } : {};
  },
});
