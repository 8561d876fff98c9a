import type { Reply } from './respond.ts';
import type { Session } from './session.ts';

/** The client showed that it knows CONDSTORE: from now on FETCH tells MODSEQ. In a mailbox, where it stands is told once. RFC 7162 section 3.1.2.2. */
export function useCondstore(session: Session, reply: Reply): void {
  if (session.condstore) return;
  session.condstore = true;
  const view = session.selected?.view;
  if (view !== undefined) reply.untagged(`OK [HIGHESTMODSEQ ${view.toldModseq}] changes are numbered`);
}
