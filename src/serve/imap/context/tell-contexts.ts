import { fetchUnasked } from '../fetch/run-fetch.ts';
import { ConnectionEnded } from '../refusal.ts';
import type { Reply } from '../respond.ts';
import { keepThere } from '../search/find-all.ts';
import { noPositions, positionsBetween, type PositionList } from '../search/position-list.ts';
import { SearchRun } from '../search/search-run.ts';
import { prepareKey } from '../search/search-step.ts';
import type { Selected, Session } from '../session.ts';
import type { View } from '../view.ts';
import { insertSorted } from './insert-sorted.ts';
import { refuseUpdates } from './open-context.ts';
import { additions, printUpdate, removals, type Update } from './print-update.ts';
import type { SearchContext } from './search-context.ts';

/**
 * REMOVEFROM for messages that were expunged and of which the client was not told: before EXPUNGE, while their numbers are
 * true. RFC 5267 section 4.3.4.
 */
export function tellGone(view: View, reply: Reply): void {
  if (!view.hasExpunged()) return;
  for (const context of view.contexts?.all() ?? []) {
    remove(context, view, (uid) => view.index.find(uid) < 0, reply);
  }
}

/** ADDTO and REMOVEFROM for what changed and what is new in the view: after FETCH and EXISTS. RFC 5267 section 4.3.3. */
export async function tellChanged(session: Session, selected: Selected, reply: Reply): Promise<void> {
  const { contexts } = selected.view;
  for (const context of contexts?.all() ?? []) {
    try {
      await update(context, new SearchRun(session, selected, reply), reply);
    } catch (error) {
      if (error instanceof ConnectionEnded) throw error;
      // What the client has is not true any more, and it is to know that.
      contexts?.remove(context.tag);
      refuseUpdates(reply, context.tag);
      session.log.warn('updates of a search ended', { reason: String(error) });
    }
  }
}

async function update(context: SearchContext, run: SearchRun, reply: Reply): Promise<void> {
  const { view } = run.selected;
  const upTo = view.index.highestModseq;
  const candidates = await candidatesFor(context, run);
  const lastUid = view.length === 0 ? 0 : view.uidAt(view.length - 1);
  const step = prepareKey(context.key, view);
  const found = candidates.length === 0 ? noPositions : keepThere(view, await step.find(run, candidates));
  const isFound = new Set(Array.from(found, (position) => view.uidAt(position)));
  const lost = new Set<number>();
  for (const position of candidates) if (!isFound.has(view.uidAt(position))) lost.add(view.uidAt(position));
  remove(context, view, (uid) => lost.has(uid), reply);
  for (const uid of context.members) isFound.delete(uid);
  const brought = [...isFound].filter((uid) => uid > context.checkedUid);
  if (brought.length > 0 && context.items.length > 0) {
    // EXISTS was said; FETCH comes before ADDTO. RFC 5465 section 7.
    await fetchUnasked(run.session, context.items, view.positionsOf(Uint32Array.from(brought)), reply);
  }
  if (isFound.size > 0) await add(context, run, [...isFound], reply);
  context.checkedModseq = upTo;
  context.checkedUid = Math.max(context.checkedUid, lastUid);
}

/** Messages of the view that changed or came since the context was last looked at. */
function changedSince({ checkedModseq, checkedUid }: SearchContext, view: View): PositionList {
  const positions = new Set(view.changedSince(checkedModseq));
  for (let position = view.lowerBound(checkedUid + 1); position < view.length; position++) {
    if (view.indexPosition(position) >= 0) positions.add(position);
  }
  return Uint32Array.from(positions).sort();
}

/** Messages that changed or came, and those that became older or are not younger any more. */
async function candidatesFor(context: SearchContext, run: SearchRun): Promise<PositionList> {
  const { view } = run.selected;
  const changed = changedSince(context, view);
  const { ages } = context;
  if (ages === undefined) return changed;
  const nowSeconds = Math.floor(run.session.services.clock.now() / 1000);
  const all = ages.endsBefore(nowSeconds);
  if (all) ages.extend(nowSeconds);
  const unknown = all ? keepThere(view, positionsBetween(0, view.length)) : changed;
  await run.facts.load(unknown);
  ages.add(
    Array.from(unknown, (position) => ({
      uid: view.uidAt(position),
      receivedSeconds: Math.floor((run.facts.received[position] ?? NaN) / 1000),
    })),
  );
  const turned = ages.take(nowSeconds).map((uid) => view.find(uid));
  const both = new Set([...changed, ...turned.filter((position) => position >= 0)]);
  return keepThere(view, Uint32Array.from(both).sort());
}

function remove(context: SearchContext, view: View, isGone: (uid: number) => boolean, reply: Reply): void {
  const { members, criteria } = context;
  const gone = members.filter(isGone);
  if (gone.length === 0) return;
  const toNumber = numberOf(context, view);
  const updates: readonly Update[] =
    criteria === undefined ? [{ place: 0, numbers: Array.from(gone, toNumber) }] : removals(members, isGone, toNumber);
  context.members = members.filter((uid) => !isGone(uid));
  say(reply, printUpdate(context, 'REMOVEFROM', updates));
}

/** `fresh`: ascending uids. */
async function add(context: SearchContext, run: SearchRun, fresh: readonly number[], reply: Reply): Promise<void> {
  const { members, criteria } = context;
  const toNumber = numberOf(context, run.selected.view);
  if (criteria === undefined) {
    const all = new Uint32Array(members.length + fresh.length);
    all.set(members);
    all.set(fresh, members.length);
    context.members = all.sort();
    say(reply, printUpdate(context, 'ADDTO', [{ place: 0, numbers: fresh.map(toNumber) }]));
    return;
  }
  context.members = await insertSorted(run, members, fresh, criteria);
  const isNew = new Set(fresh);
  say(
    reply,
    printUpdate(
      context,
      'ADDTO',
      additions(context.members, (uid) => isNew.has(uid), toNumber),
    ),
  );
}

function say(reply: Reply, text: string | undefined): void {
  if (text !== undefined) reply.untagged(text);
}

function numberOf({ byUid }: SearchContext, view: View): (uid: number) => number {
  return byUid ? (uid) => uid : (uid) => view.find(uid) + 1;
}
