import type { FetchArguments } from '../../../wire/imap/fetch-item.ts';
import { normalizeRanges } from '../../../wire/imap/sequence-set.ts';
import type { Reply } from '../respond.ts';
import { findVanished } from '../resync.ts';
import type { Session } from '../session.ts';
import { printVanishedRanges } from '../print-vanished.ts';

/**
 * VANISHED (EARLIER) for UID FETCH (CHANGEDSINCE n VANISHED): which of the named uids were expunged since; comes before any
 * FETCH. `$` names only messages that are there. RFC 7162 section 3.2.6.
 */
export async function tellVanished(session: Session, args: FetchArguments, reply: Reply): Promise<void> {
  const { mailbox, view } = session.currentMailbox();
  if (args.set.kind === 'saved' || args.changedSince === undefined) return;
  // Uids that were never given out did not vanish; a client may name them, as in `1:*`.
  const largest = Math.max(view.length === 0 ? 0 : view.uidAt(view.length - 1), mailbox.uidNext - 1);
  const asked = normalizeRanges(args.set.ranges, largest)
    .map(([first, last]) => [first, Math.min(last, largest)] as const)
    .filter(([first, last]) => first <= last);
  reply.write(printVanishedRanges(await findVanished(session, view, args.changedSince, asked), true));
}
