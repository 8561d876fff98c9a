import { flagOf } from './act-on-flags.ts';
import type { Mirror } from './mirror.ts';
import type { ModelClient } from './model-client.ts';
import type { Version } from './model-mailbox.ts';
import { expandSet, fetchedUid } from './responses.ts';

/** A criterion, and whether a message fits it. */
interface Criterion {
  readonly text: string;
  readonly fits: (version: Version, token: string, uid: number) => boolean;
}

const flagWords: ReadonlyMap<string, string> = new Map([
  ['\\Seen', 'SEEN'],
  ['\\Flagged', 'FLAGGED'],
  ['\\Answered', 'ANSWERED'],
  ['\\Deleted', 'DELETED'],
]);

function hasFlag(client: ModelClient): Criterion {
  const flag = flagOf(client.chance);
  const word = flagWords.get(flag);
  const fits = ({ key }: Version): boolean => key.split(' ').includes(flag);
  if (client.chance.oneIn(2)) return { text: word ?? `KEYWORD ${flag}`, fits };
  return { text: word === undefined ? `UNKEYWORD ${flag}` : `UN${word}`, fits: (version) => !fits(version) };
}

function simple(client: ModelClient, mirror: Mirror): Criterion {
  const { chance, model } = client;
  const known = mirror.knownUids();
  switch (chance.below(5)) {
    case 0: {
      const from = Math.max(1, model.modseq - chance.below(40));
      if (client.habits.condstore) return { text: `MODSEQ ${from}`, fits: ({ modseq }) => modseq >= from };
      return hasFlag(client);
    }
    case 1: {
      if (known.length === 0) return hasFlag(client);
      const { token } = mirror.truth.lastSeen(chance.pick(known));
      return { text: `${chance.pick(['TEXT', 'SUBJECT', 'BODY'])} ${token}`, fits: (_version, each) => each === token };
    }
    case 2: {
      const from = 1 + chance.below(1 + Math.max(0, ...known));
      return { text: `UID ${from}:${from + 5}`, fits: (_version, _token, uid) => uid >= from && uid <= from + 5 };
    }
    default:
      return hasFlag(client);
  }
}

function criterion(client: ModelClient, mirror: Mirror): Criterion {
  const a = simple(client, mirror);
  const b = simple(client, mirror);
  switch (client.chance.below(4)) {
    case 0:
      return { text: `OR ${a.text} ${b.text}`, fits: (...of) => a.fits(...of) || b.fits(...of) };
    case 1:
      return { text: `${a.text} ${b.text}`, fits: (...of) => a.fits(...of) && b.fits(...of) };
    case 2:
      return { text: `NOT ${a.text}`, fits: (...of) => !a.fits(...of) };
    default:
      return a;
  }
}

/** SEARCH by uid or number: what is found could be so, and what is not found could be otherwise. */
export async function search(client: ModelClient, mirror: Mirror): Promise<void> {
  const { chance } = client;
  const { text, fits } = criterion(client, mirror);
  const byUid = !client.mayUseNumbers || chance.oneIn(2);
  const returns = chance.pick(['', ' RETURN (ALL COUNT)', ' RETURN (SAVE ALL)']);
  const before = mirror.knownUids();
  const found = new Set<number>();
  let count: number | undefined;
  const learn = (response: string, since: number): void => {
    const list = /^\* SEARCH((?: \d+)*)/.exec(response)?.[1];
    const extended = /^\* ESEARCH .*?\bALL ([\d:,]+)/.exec(response)?.[1];
    count ??= Number(/^\* ESEARCH .*?\bCOUNT (\d+)/.exec(response)?.[1] ?? Number.NaN);
    const numbers = [...(list?.trim().split(' ').filter(Boolean).map(Number) ?? []), ...expandSet(extended ?? '')];
    for (const number of numbers) {
      if (byUid) found.add(number);
      else if (number > mirror.messages.length) throw new Error(`SEARCH found ${number}, which is not there`);
      else found.add(mirror.messages[number - 1]?.uid ?? -number);
    }
    mirror.learn(response, { since, mayExpunge: byUid });
  };
  const answer = await client.run(`${byUid ? 'UID ' : ''}SEARCH${returns} ${text}`, { learn });
  if (answer.status !== 'OK') return;
  const { truth } = mirror;
  for (const uid of found) {
    if (uid < 0) continue;
    const { token } = truth.lastSeen(uid);
    if (truth.versionsSince(uid, answer.since).some((version) => fits(version, token, uid))) continue;
    // The words of a message that is going cannot be looked at any more.
    client.model.later(() => {
      if (!truth.isGone(uid)) throw new Error(`SEARCH ${text} found ${uid}`);
    });
  }
  for (const uid of before) {
    if (found.has(uid) || truth.isGone(uid)) continue;
    const { token } = truth.lastSeen(uid);
    if (!truth.versionsSince(uid, answer.since).every((version) => fits(version, token, uid))) continue;
    // Asked again only so that the trail shows more.
    await client.run(`UID SEARCH ${text}`);
    await client.run(`UID FETCH ${uid} (UID EMAILID ENVELOPE)`);
    client.model.later(() => {
      if (!truth.isGone(uid)) throw new Error(`SEARCH ${text} did not find ${uid}`);
    });
  }
  if (returns.includes('SAVE')) await fetchSaved(client, mirror, found);
}

/** `$` names what was found and is still there. RFC 9051 section 6.4.4.1. */
async function fetchSaved(client: ModelClient, mirror: Mirror, found: ReadonlySet<number>): Promise<void> {
  const told: number[] = [];
  const learn = (response: string, since: number): void => {
    const uid = fetchedUid(response);
    if (uid !== undefined) told.push(uid);
    mirror.learn(response, { since, mayExpunge: true });
  };
  const answer = await client.run('UID FETCH $ (UID)', { learn });
  if (answer.status !== 'OK') return;
  for (const uid of told) if (!found.has(uid) && !found.has(-1)) mirror.truth.lastSeen(uid);
  for (const uid of found) {
    if (uid < 0 || told.includes(uid)) continue;
    client.model.later(() => {
      if (!mirror.truth.isGone(uid)) throw new Error(`$ does not name ${uid}`);
    });
  }
}
