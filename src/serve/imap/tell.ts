import { tellChanged, tellGone } from './context/tell-contexts.ts';
import { fetchUnasked } from './fetch/run-fetch.ts';
import { fetchHead } from './fetch-head.ts';
import { printAllFlags, printFlags, printPermanentFlags } from './flag-text.ts';
import type { SelectedRules } from './notify/notify-rules.ts';
import { endWatch, tellWatched } from './notify/tell-watched.ts';
import { isOutage } from './outage.ts';
import { RangeCollector } from './positions.ts';
import { printVanished } from './print-vanished.ts';
import { Bye } from './refusal.ts';
import type { Reply } from './respond.ts';
import type { Selected, Session } from './session.ts';
import { tellMailboxes } from './tell-mailboxes.ts';
import type { PositionRanges, View } from './view.ts';

/** What is told of the selected mailbox before the first NOTIFY. RFC 5465 section 3.1. */
const everything: SelectedRules = { messages: true, flags: true, delayed: false, newItems: [] };

/**
 * Tells the client what changed in its mailbox since it was last told: FLAGS, FETCH, EXPUNGE or VANISHED, EXISTS; out of
 * the difference between its view and the index, so nothing queues up however much happens. RFC 9051 sections 5.2, 6.3.13,
 * 7.4.1 and 7.5.1, RFC 7162 section 3.2.10, RFC 9586. `mayExpunge` false: message numbers must stay as they are; then EXISTS waits too while an
 * EXPUNGE is due, since new numbers come after those of messages that go.
 * Before that, what others did to the list of mailboxes; after NOTIFY only what was asked for (RFC 5465).
 * Undefined when there is nothing to wait for. @throws Bye when the mailbox was deleted by another session.
 */
export function tellChanges(session: Session, reply: Reply, mayExpunge: boolean): Promise<void> | undefined {
  const { notify, news } = session;
  if (news.waiting || notify?.waiting === true) {
    return tellOthers(session, reply).then(() => tellSelected(session, reply, mayExpunge, rulesFor(session)));
  }
  return tellSelected(session, reply, mayExpunge, rulesFor(session));
}

/** NOTIFY SET: all that has happened in the selected mailbox, whatever is wanted from now on. RFC 5465 section 3.1. */
export function tellEverything(session: Session, reply: Reply): Promise<void> | undefined {
  const { newItems } = rulesFor(session);
  return tellSelected(session, reply, true, { ...everything, newItems });
}

/** True when there is something that a client that used NOTIFY wants to be told at once. */
export function hasToTell(session: Session): boolean {
  const { news, notify, selected } = session;
  if (notify === undefined) return false;
  if (news.waiting || notify.waiting) return true;
  if (selected === undefined) return false;
  const { view } = selected;
  const { messages, flags, delayed } = notify.rules.selected;
  if ((view.contexts?.nextSeconds ?? Infinity) * 1000 <= session.services.clock.now()) return true;
  if (view.index.gone || (flags && view.index.highestModseq > view.flagsModseq)) return true;
  if (!messages) return false;
  return view.hasExpunged() ? !delayed : view.index.length > view.length;
}

/** An EXPUNGE of its own the client is told in any case, and then all that happened to message numbers. */
function rulesFor({ notify }: Session): SelectedRules {
  if (notify === undefined) return everything;
  const { selected } = notify.rules;
  return notify.ownExpunge ? { ...selected, messages: true } : selected;
}

async function tellOthers(session: Session, reply: Reply): Promise<void> {
  const { notify, news } = session;
  try {
    if (news.waiting && notify?.overflowed !== true) await tellMailboxes(session, reply);
    if (notify?.waiting === true) await tellWatched(session, notify, reply);
  } catch (error) {
    endOnOutage(session, reply, error);
  }
}

function tellSelected(
  session: Session,
  reply: Reply,
  mayExpunge: boolean,
  rules: SelectedRules,
): Promise<void> | undefined {
  const { selected } = session;
  if (selected === undefined) return undefined;
  const { view } = selected;
  const { index } = view;
  if (index.gone) throw new Bye('mailbox was deleted', 'UNAVAILABLE');
  if (!selected.rights.includes('r')) throw new Bye('mailbox is not shared any more', 'UNAVAILABLE');
  const isBehind = view.contexts?.areBehind(index, session.services.clock.now());
  if (isBehind !== true) return tellView(session, view, reply, mayExpunge, rules);
  return tellWithContexts(session, selected, reply, mayExpunge, rules);
}

/** The same with what it means for searches that are kept up to date. RFC 5267 section 4.3. */
async function tellWithContexts(
  session: Session,
  selected: Selected,
  reply: Reply,
  mayExpunge: boolean,
  rules: SelectedRules,
): Promise<void> {
  tellGone(selected.view, reply);
  await tellView(session, selected.view, reply, mayExpunge, rules);
  await tellChanged(session, selected, reply);
  session.ageTimer.set(selected.view.contexts?.nextSeconds ?? Infinity);
}

function tellView(
  session: Session,
  view: View,
  reply: Reply,
  mayExpunge: boolean,
  rules: SelectedRules,
): Promise<void> | undefined {
  const { index } = view;
  const isSame = index.length === view.length && !view.hasExpunged();
  if (!rules.flags || index.highestModseq <= view.flagsModseq) {
    return !rules.messages || isSame ? undefined : tellNumbers(session, view, reply, mayExpunge, rules);
  }
  return tellAll(session, view, reply, mayExpunge, rules);
}

async function tellAll(
  session: Session,
  view: View,
  reply: Reply,
  mayExpunge: boolean,
  rules: SelectedRules,
): Promise<void> {
  await tellFlags(session, view, reply);
  if (rules.messages) await tellNumbers(session, view, reply, mayExpunge, rules);
}

/** FETCH with the flags of the messages that changed, after FLAGS when there are new keywords. RFC 9051 section 7.5.2. */
async function tellFlags(session: Session, view: View, reply: Reply): Promise<void> {
  const { index } = view;
  const upTo = index.highestModseq;
  const since = view.flagsModseq;
  for (const position of view.changedSince(since)) {
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

/** PERMANENTFLAGS without \*: the account has as many keywords as it may. RFC 9051 section 7.1. */
export function tellNoMoreKeywords({ selected }: Session, reply: Reply): void {
  if (selected === undefined || selected.readOnly) return;
  const flags = printPermanentFlags(selected.view.index, selected.rights, false);
  reply.untagged(`OK [PERMANENTFLAGS ${flags}] no new keywords`);
}

/** EXPUNGE or VANISHED, then EXISTS, then what is to be fetched of new messages. No `await` before that: view and index must stay as they are. */
function tellNumbers(
  session: Session,
  view: View,
  reply: Reply,
  mayExpunge: boolean,
  { newItems }: SelectedRules,
): Promise<void> | undefined {
  if (view.hasExpunged()) {
    if (!mayExpunge) return undefined;
    const positions = expungedPositions(view);
    if (session.qresync || session.uidOnly)
      reply.write(printVanished(positions.map((position) => view.uidAt(position))));
    else reply.write(printExpunges(positions));
    view.length -= positions.length;
  }
  const known = view.length;
  view.adopt();
  if (view.length > known) reply.untagged(`${view.length} EXISTS`);
  const fresh = view.length > known && newItems.length > 0 ? broughtByOthers(session, view, known) : [];
  session.notify?.numbersTold();
  if (fresh.length === 0) return undefined;
  return fetchUnasked(session, newItems, fresh, reply).catch((error: unknown) => endOnOutage(session, reply, error));
}

/** What cannot be told because the database is away is never told: a client that asked for it has to know. RFC 5465 section 5.8. */
function endOnOutage(session: Session, reply: Reply, error: unknown): void {
  if (!isOutage(error) || session.notify === undefined) throw error;
  session.log.warn('changes cannot be told', { reason: String(error) });
  endWatch(session, reply, 'storage is away, NOTIFY again later');
}

/** New messages, but not those that this client brought itself. RFC 5465 section 5.2. */
function broughtByOthers({ notify }: Session, view: View, known: number): PositionRanges {
  const found = new RangeCollector();
  for (let position = known; position < view.length; position++) {
    if (notify?.isOwn(view.uidAt(position)) !== true) found.add(position);
  }
  return found.ranges;
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
