import type { Reply } from './respond.ts';
import type { Session } from './session.ts';
import type { View } from './view.ts';

/** The client showed that it knows CONDSTORE: from now on FETCH tells MODSEQ. In a mailbox, where it stands is told once. RFC 7162 section 3.1.2.2. */
export function useCondstore(session: Session, reply: Reply): void {
  if (session.condstore) return;
  session.condstore = true;
  const view = session.selected?.view;
  if (view !== undefined) reply.untagged(`OK [HIGHESTMODSEQ ${toldModseq(session, view)}] changes are numbered`);
}

/** The modseq from which this client may resynchronise; after NOTIFY it may not have heard of everything. */
function toldModseq(session: Session, view: View): number {
  return hearsAll(session) ? view.toldModseq : view.lowestToldModseq;
}

/** Where a mailbox stands for this client once it was told that messages went. RFC 7162 sections 3.2.7 and 3.2.9. */
export function modseqAfterExpunge(session: Session, view: View): number {
  return hearsAll(session) ? view.index.highestModseq : view.lowestToldModseq;
}

function hearsAll({ notify }: Session): boolean {
  return notify === undefined || (notify.rules.selected.messages && notify.rules.selected.flags);
}
