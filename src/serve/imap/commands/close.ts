import { command } from '../command.ts';
import { deselect } from '../select-mailbox.ts';
import type { Session } from '../session.ts';

/** CLOSE: expunges without telling, then leaves. RFC 9051 section 6.4.1; HIGHESTMODSEQ RFC 7162 section 3.2.8. */
export const close = command({
  name: 'CLOSE',
  states: ['selected'],
  tells: 'nothing',
  parse() {},
  async run(session) {
    const modseq = await expungeKnown(session);
    deselect(session);
    return session.qresync && modseq !== undefined ? { code: `HIGHESTMODSEQ ${modseq}` } : {};
  },
});

/** Removes what is marked \Deleted of the messages that this client knows. */
async function expungeKnown(session: Session): Promise<number | undefined> {
  const { mailbox, view, readOnly } = session.currentMailbox();
  if (readOnly || view.length === 0) return undefined;
  const removed = await session.services.store.expunge({
    accountId: session.currentAccount().id,
    mailboxId: mailbox.id,
    uids: [[view.uidAt(0), view.uidAt(view.length - 1)]],
    onlyDeleted: true,
    origin: session.origin,
  });
  return removed.uids.length > 0 ? removed.modseq : undefined;
}
