import { mailboxNames } from './act-on-mailboxes.ts';
import { Mirror } from './mirror.ts';
import type { Kept, ModelClient } from './model-client.ts';
import { expandSet, fetchedUid, printSet } from './responses.ts';

/** SELECT or EXAMINE; a client with a cache resynchronises (RFC 7162 section 3.2.5). */
export async function select(client: ModelClient): Promise<void> {
  const { chance, model, habits } = client;
  keep(client);
  const name = chance.pick(mailboxNames);
  const kept = habits.qresync && !chance.oneIn(5) ? client.kept.get(name) : undefined;
  const readOnly = chance.oneIn(8);
  const responses: string[] = [];
  let isOld = client.mirror !== undefined;
  const command = `${readOnly ? 'EXAMINE' : 'SELECT'} ${client.nameOf(name)}${kept === undefined ? '' : ` (QRESYNC (${resyncArguments(client, kept)}))`}`;
  const answer = await client.run(command, {
    learn: (response, since) => {
      // What comes before CLOSED is still of the mailbox that is left.
      if (response.startsWith('* OK [CLOSED]')) isOld = false;
      else if (isOld) client.mirror?.learn(response, { since, mayExpunge: true });
      else responses.push(response);
    },
  });
  client.mirror = undefined;
  if (answer.status !== 'OK') return;
  const find = (pattern: RegExp): number => Number(responses.map((line) => pattern.exec(line)?.[1]).find(Boolean));
  const id = find(/\[MAILBOXID \(F(\d+)\)\]/);
  await hearOfAll(client);
  const mirror = new Mirror(model.mailbox(id), readOnly, habits, (check) => model.later(check));
  client.mirror = mirror;
  client.uidValidity = find(/\[UIDVALIDITY (\d+)\]/);
  client.syncedModseq = find(/\[HIGHESTMODSEQ (\d+)\]/);
  checkCounts(client, mirror, find(/^\* (\d+) EXISTS/), find(/\[UIDNEXT (\d+)\]/), answer.since);
  for (const response of responses) mirror.learn(response, { since: answer.since, mayExpunge: true });
  if (kept?.uidValidity === client.uidValidity) resume(client, mirror, kept, responses, answer.since);
  await client.run(`UID FETCH 1:* (FLAGS${habits.condstore ? ' MODSEQ' : ''})`);
}

/** A mailbox that is opened may be some commits ahead of what was announced: one more write is announced after these. */
async function hearOfAll({ actor }: ModelClient): Promise<void> {
  const { accountId, store } = actor;
  const request = { accountId, name: 'barrier' };
  if (!(await store.setSubscribed({ ...request, subscribed: false }))) {
    await store.setSubscribed({ ...request, subscribed: true });
  }
}

function checkCounts(client: ModelClient, mirror: Mirror, exists: number, uidNext: number, since: number): void {
  const { syncedModseq } = client;
  client.model.later(() => {
    const counts = mirror.truth.countsSince(since);
    const atExists = counts.filter(({ total }) => total === exists);
    if (atExists.length === 0) throw new Error(`never ${exists} messages in ${mirror.truth.name} since ${since}`);
    if (!counts.some((each) => each.uidNext === uidNext)) throw new Error(`UIDNEXT never was ${uidNext}`);
    const oldest = atExists[0]?.modseq ?? 0;
    if (syncedModseq < oldest) throw new Error(`HIGHESTMODSEQ ${syncedModseq} is before ${oldest}, which is told`);
  });
}

/** The mailbox is left: what is known of it is kept, if it is known whole. */
export function keep(client: ModelClient): void {
  const { mirror, habits, hears } = client;
  if (mirror === undefined || !habits.qresync || hears === 'nothing' || hears === 'no-flags') return;
  const messages = mirror.messages.flatMap(({ uid, key, modseq }) =>
    uid === undefined || key === undefined || modseq === undefined ? [] : [{ uid, key, modseq }],
  );
  // What came after the last complete synchronisation will be told again, so it need not be whole.
  client.kept.set(mirror.truth.name, { uidValidity: client.uidValidity, modseq: client.syncedModseq, messages });
}

/** (uidvalidity modseq [known uids [(numbers uids)]]). RFC 7162 section 3.2.5. */
function resyncArguments({ chance, mirror }: ModelClient, { uidValidity, modseq, messages }: Kept): string {
  const start = `${uidValidity} ${Math.max(1, modseq)}`;
  if (messages.length === 0) return start;
  const known = printSet(messages.map(({ uid }) => uid));
  if (chance.oneIn(2) || mirror === undefined) return `${start} ${known}`;
  return `${start} ${known}`;
}

/** What a client kept, less what vanished, with what changed, is what is there: nothing was left out. */
function resume(client: ModelClient, { truth }: Mirror, kept: Kept, responses: readonly string[], since: number): void {
  const vanished = new Set<number>();
  const told = new Set<number>();
  for (const response of responses) {
    if (response.startsWith('* VANISHED (EARLIER) '))
      for (const uid of expandSet(response.slice(21))) vanished.add(uid);
    const uid = fetchedUid(response);
    if (uid !== undefined) told.add(uid);
  }
  // A mailbox that is being deleted tells nothing any more; the client will be thrown out.
  if (truth.isDeleted) return;
  client.note(`resumes from ${kept.modseq} with ${kept.messages.map(({ uid }) => uid).join()}`);
  for (const { uid, key, modseq } of kept.messages) {
    if (vanished.has(uid) || told.has(uid)) continue;
    if (truth.wasGone(uid, since)) throw new Error(`${uid} vanished after ${kept.modseq} and is not told`);
    const isSo = truth.versionsSince(uid, since).some((version) => version.key === key && version.modseq === modseq);
    if (!isSo && !truth.isGone(uid))
      throw new Error(`${uid} changed after ${kept.modseq}, is not ${modseq} (${key}), and is not told`);
  }
}

/** CLOSE expunges without telling; UNSELECT only leaves. */
export async function leave(client: ModelClient): Promise<void> {
  const { chance, mirror } = client;
  if (mirror === undefined) return;
  keep(client);
  const close = chance.oneIn(2);
  const operation = { kind: 'expunge', asked: undefined } as const;
  const answer = await client.run(close ? 'CLOSE' : 'UNSELECT', close ? { operation } : {});
  if (answer.status === 'OK') client.mirror = undefined;
}
