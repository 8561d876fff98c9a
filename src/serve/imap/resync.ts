import type { ModSeq } from '../../store/ids.ts';
import type { UidRanges } from '../../store/uid-ranges.ts';
import type { Resync } from '../../wire/imap/read-select.ts';
import { normalizeRanges } from '../../wire/imap/sequence-set.ts';
import { printFlags } from './flag-text.ts';
import { fetchHead } from './fetch-head.ts';
import type { Reply } from './respond.ts';
import { intersectRanges } from './search/position-list.ts';
import type { Session } from './session.ts';
import { printVanishedRanges } from './print-vanished.ts';
import type { View } from './view.ts';

/** What happened since a client left: VANISHED (EARLIER), then FETCH of what changed. RFC 7162 section 3.2.5. */
export async function tellSince(session: Session, view: View, resync: Resync, reply: Reply): Promise<void> {
  const largest = view.length === 0 ? 0 : view.uidAt(view.length - 1);
  const upTo = Math.max(largest, (session.selected?.mailbox.uidNext ?? 1) - 1);
  const known = resync.knownUids === undefined ? [[1, upTo] as const] : normalizeRanges(resync.knownUids, upTo);
  const floor = matchedUid(view, resync.match);
  const vanished = await findVanished(session, view, resync.modseq, above(known, floor, upTo));
  reply.write(printVanishedRanges(vanished, true));
  const { index } = view;
  const asked = view.resolveUids({ kind: 'ranges', ranges: known });
  for (const position of intersectRanges(Uint32Array.from(view.changedSince(resync.modseq)), asked)) {
    const at = view.indexPosition(position);
    if (at < 0) continue;
    const head = fetchHead(session, position, view.uidAt(position));
    reply.write(`${head}FLAGS ${printFlags(index, at)} MODSEQ (${index.modseqs[at] ?? 0}))\r\n`);
    const pause = reply.pause();
    if (pause !== undefined) await pause;
  }
}

/** The ranges without what is at or below `floor` or above `ceiling`. */
function above(ranges: UidRanges, floor: number, ceiling: number): UidRanges {
  return ranges
    .map(([first, last]) => [Math.max(first, floor + 1), Math.min(last, ceiling)] as const)
    .filter(([first, last]) => first <= last);
}

/** The uids of `asked` that vanished after `since`; when the store no longer knows when, all that are not there. Ascending ranges. */
export async function findVanished(
  session: Session,
  view: View,
  since: number,
  asked: UidRanges,
): Promise<[number, number][]> {
  const { uids, complete } = await session.services.store.vanishedSince({
    mailboxId: view.index.mailboxId,
    since: since as ModSeq,
  });
  if (!complete) return gaps(view, asked);
  const found: [number, number][] = [];
  let range = 0;
  for (const uid of uids) {
    while (range < asked.length && (asked[range]?.[1] ?? 0) < uid) range++;
    const within = asked[range];
    if (within === undefined) break;
    // One that the view still has is told as gone later, when the client may hear of it.
    if (uid < within[0] || view.find(uid) >= 0) continue;
    const previous = found.at(-1);
    if (previous !== undefined && previous[1] + 1 === uid) previous[1] = uid;
    else found.push([uid, uid]);
  }
  return found;
}

/** What is in these ranges and not in the view. */
function gaps(view: View, asked: UidRanges): [number, number][] {
  const found: [number, number][] = [];
  for (const [first, last] of asked) {
    let from = first;
    for (let position = view.lowerBound(first); position < view.length && view.uidAt(position) <= last; position++) {
      const uid = view.uidAt(position);
      if (uid > from) found.push([from, uid - 1]);
      from = uid + 1;
    }
    if (from <= last) found.push([from, last]);
  }
  return found;
}

/** The highest uid that the client has under the right number: it knows of everything up to there. RFC 7162 section 3.2.5.2. */
function matchedUid(view: View, match: Resync['match']): number {
  if (match === undefined) return 0;
  let highest = 0;
  const uids = expand(match.uids, view.length);
  for (const number of expand(match.numbers, view.length)) {
    const uid = uids.next().value;
    if (uid === undefined || number > view.length) break;
    if (view.uidAt(number - 1) !== uid) break;
    highest = uid;
  }
  return highest;
}

/** The numbers of ranges one by one, at most so many. */
function* expand(ranges: readonly (readonly [number, number])[], max: number): Generator<number, undefined> {
  let left = max;
  for (const [first, last] of ranges) {
    for (let number = first; number <= last && left > 0; number++, left--) yield number;
  }
  return undefined;
}
