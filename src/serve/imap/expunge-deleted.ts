import { deleted } from '../../store/flags.ts';
import type { Store } from '../../store/store.ts';
import { RangeCollector } from './positions.ts';
import type { Session } from './session.ts';
import { noPermission } from './sharing/access.ts';
import type { PositionRanges, View } from './view.ts';

/** RFC 4314 section 4, EXPUNGE. Removes those of these messages that are marked \Deleted: only what this client knows. The view learns of it when it is told. */
export async function expungeDeleted(session: Session, positions: PositionRanges): ReturnType<Store['expunge']> {
  const { mailbox, view, ownerId, rights } = session.writableMailbox();
  if (!rights.includes('e')) throw noPermission();
  if (view.length === 0 || positions.length === 0) return { uids: new Uint32Array(0), modseq: undefined };
  return session.services.store.expunge({
    accountId: ownerId,
    mailboxId: mailbox.id,
    uids: view.uidRanges(positions),
    onlyDeleted: true,
    origin: session.origin,
  });
}

/** All that are marked \Deleted. One range of uids: what lies between the first and the last that the client knows, it knows. */
export function expungeAllDeleted(session: Session): ReturnType<Store['expunge']> {
  const { view } = session.writableMailbox();
  return expungeDeleted(session, [[0, view.length - 1]]);
}

/** Those of these messages that are marked \Deleted now. */
export function onlyDeleted(view: View, positions: PositionRanges): PositionRanges {
  const marked = new RangeCollector();
  for (const [first, last] of positions) {
    for (let position = first; position <= last; position++) {
      const at = view.indexPosition(position);
      if (at >= 0 && ((view.index.flags[at] ?? 0) & deleted) !== 0) marked.add(position);
    }
  }
  return marked.ranges;
}
