import type { UidRanges } from '../../store/uid-ranges.ts';
import { fetchHead } from './fetch-head.ts';
import { printAllFlags, printFlags } from './flag-text.ts';
import { Bye } from './refusal.ts';
import type { Reply } from './respond.ts';
import type { Session } from './session.ts';
import { tellMailboxes } from './tell-mailboxes.ts';
import type { View } from './view.ts';

/** Ranges in one VANISHED response: lines stay below 4 KiB. */
const vanishedChunk = 180;

/**
 * Tells the client what changed in its mailbox since it was last told: FLAGS, FETCH, EXPUNGE or VANISHED, EXISTS; out of
 * the difference between its view and the index, so nothing queues up however much happens. RFC 9051 sections 5.2, 7.4.1
 * and 7.5.1, RFC 7162 section 3.2.10, RFC 9586. `mayExpunge` false: message numbers must stay as they are; then EXISTS waits too while an
 * EXPUNGE is due, since new numbers come after those of messages that go.
 * Before that, what others did to the list of mailboxes. Undefined when there is nothing to wait for. @throws Bye when the mailbox was deleted by another session.
 */
export function tellChanges(session: Session, reply: Reply, mayExpunge: boolean): Promise<void> | undefined {
  if (session.news.waiting) return tellMailboxes(session, reply).then(() => tellSelected(session, reply, mayExpunge));
  return tellSelected(session, reply, mayExpunge);
}

function tellSelected(session: Session, reply: Reply, mayExpunge: boolean): Promise<void> | undefined {
  const view = session.selected?.view;
  if (view === undefined) return undefined;
  const { index } = view;
  if (index.gone) throw new Bye('mailbox was deleted', 'UNAVAILABLE');
  if (index.highestModseq <= view.flagsModseq) {
    if (index.length === view.length && !view.hasExpunged()) return undefined;
    tellNumbers(session, view, reply, mayExpunge);
    return undefined;
  }
  return tellAll(session, view, reply, mayExpunge);
}

async function tellAll(session: Session, view: View, reply: Reply, mayExpunge: boolean): Promise<void> {
  await tellFlags(session, view, reply);
  tellNumbers(session, view, reply, mayExpunge);
}

/** FETCH with the flags of the messages that changed, after FLAGS when there are new keywords. RFC 9051 section 7.5.2. */
async function tellFlags(session: Session, view: View, reply: Reply): Promise<void> {
  const { index } = view;
  const upTo = index.highestModseq;
  const since = view.flagsModseq;
  for (let position = 0; position < view.length; position++) {
    const at = view.indexPosition(position);
    const modseq = at < 0 ? 0 : (index.modseqs[at] ?? 0);
    if (modseq <= since || modseq > upTo || view.ignores(modseq)) continue;
    tellKeywords(view, reply);
    const head = fetchHead(session, position, view.uidAt(position));
    reply.write(`${head}FLAGS ${printFlags(index, at)}${session.condstore ? ` MODSEQ (${modseq})` : ''})\r\n`);
    const pause = reply.pause();
    if (pause !== undefined) await pause;
    if (reply.gone) return;
  }
  view.flagsTold(upTo);
}

/** FLAGS again when the mailbox has keywords that the client was not told of. RFC 9051 section 7.3.5. */
export function tellKeywords(view: View, reply: Reply): void {
  if (view.index.keywords.length <= view.keywordCount) return;
  view.keywordCount = view.index.keywords.length;
  reply.untagged(`FLAGS ${printAllFlags(view.index)}`);
}

/** EXPUNGE or VANISHED, then EXISTS. No `await` in here: view and index must stay as they are. */
function tellNumbers(session: Session, view: View, reply: Reply, mayExpunge: boolean): void {
  if (view.hasExpunged()) {
    if (!mayExpunge) return;
    const positions = expungedPositions(view);
    if (session.qresync || session.uidOnly)
      reply.write(printVanished(positions.map((position) => view.uidAt(position))));
    else reply.write(printExpunges(positions));
    view.length -= positions.length;
  }
  const grown = view.index.length > view.length;
  view.adopt();
  if (grown) reply.untagged(`${view.length} EXISTS`);
}

function expungedPositions(view: View): number[] {
  const { index } = view;
  const gone: number[] = [];
  let at = 0;
  for (let position = 0; position < view.length; position++) {
    if (at < index.length && index.uids[at] === view.uids[position]) at++;
    else gone.push(position);
  }
  return gone;
}

/** From the last to the first, so that no number changes before its turn. RFC 9051 section 7.5.1. */
function printExpunges(positions: readonly number[]): string {
  let out = '';
  for (let at = positions.length - 1; at >= 0; at--) out += `* ${(positions[at] ?? 0) + 1} EXPUNGE\r\n`;
  return out;
}

/** VANISHED lines of uids in ascending order. RFC 7162 section 3.2.10. */
function printVanished(uids: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const uid of uids) {
    const previous = ranges.at(-1);
    if (previous !== undefined && previous[1] + 1 === uid) previous[1] = uid;
    else ranges.push([uid, uid]);
  }
  return printVanishedRanges(ranges, false);
}

/** The same of ascending ranges; `earlier`: in answers to what a client asked about the past. '' for none. */
export function printVanishedRanges(ranges: UidRanges, earlier: boolean): string {
  let out = '';
  for (let at = 0; at < ranges.length; at += vanishedChunk) {
    const set = ranges.slice(at, at + vanishedChunk).map(([a, b]) => (a === b ? String(a) : `${a}:${b}`));
    out += `* VANISHED ${earlier ? '(EARLIER) ' : ''}${set.join(',')}\r\n`;
  }
  return out;
}
