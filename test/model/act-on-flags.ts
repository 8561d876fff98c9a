import type { Chance } from './chance.ts';
import type { Mirror } from './mirror.ts';
import type { Answer, ModelClient } from './model-client.ts';
import { applyFlags, flagKey, type Operation } from './operation.ts';
import { expandSet, fetchedUid, printSet } from './responses.ts';

export const someFlags = ['\\Seen', '\\Flagged', '\\Answered', '\\Deleted', '$Junk', 'work'] as const;

/** Messages to act on: their uids, and how the command names them. */
export interface Choice {
  readonly uids: readonly number[];
  readonly prefix: '' | 'UID ';
  readonly set: string;
}

/** Some messages whose uid the client knows, by number or by uid. */
export function choose(client: ModelClient, mirror: Mirror): Choice | undefined {
  const { chance } = client;
  const known = mirror.knownNumbers();
  if (known.length === 0) return undefined;
  const first = chance.below(known.length);
  const numbers = chance.oneIn(3) ? chance.some(known) : known.slice(first, first + 1 + chance.below(6));
  if (numbers.length === 0) return undefined;
  const uids = numbers.map((number) => mirror.messages[number - 1]?.uid ?? 0);
  if (client.mayUseNumbers && chance.oneIn(2)) return { uids, prefix: '', set: printSet(numbers) };
  return { uids, prefix: 'UID ', set: printSet(uids) };
}

/** STORE in all its forms. */
export async function store(client: ModelClient, mirror: Mirror): Promise<void> {
  const choice = choose(client, mirror);
  if (choice === undefined) return;
  const { chance, habits } = client;
  const how = chance.pick(['add', 'add', 'remove', 'replace'] as const);
  const flags = chance.some(someFlags);
  const silent = chance.oneIn(2);
  const knows = habits.condstore && chance.oneIn(2);
  const modseqs = choice.uids.map((uid) => mirror.findUid(uid)?.modseq ?? 1);
  const unchangedSince = knows ? Math.max(1, chance.pick(modseqs) - chance.below(2)) : undefined;
  const asked = new Set(choice.uids);
  const operation: Operation = { kind: 'store', how, flags, asked, ...(knows ? { unchangedSince } : {}) } as Operation;
  const condition = unchangedSince === undefined ? '' : ` (UNCHANGEDSINCE ${unchangedSince})`;
  const sign = { add: '+', remove: '-', replace: '' }[how];
  const name = `${sign}FLAGS${silent ? '.SILENT' : ''}`;
  if (silent) assumeStored(mirror, choice.uids, how, flags);
  const command = `${choice.prefix}STORE ${choice.set}${condition} ${name} (${flags.join(' ')})`;
  const answer = await client.run(command, { operation, mayExpunge: choice.prefix !== '' || !client.mayUseNumbers });
  // What is told between commands may be older than the STORE that crosses it: SILENT leaves such a client in doubt.
  if (silent && client.hears !== 'default') for (const uid of choice.uids) mirror.forgetFlags(uid);
  if (answer.status !== 'OK') {
    if (!mirror.readOnly && answer.status === 'NO') throw new Error(`STORE was refused: ${answer.text}`);
    if (silent) for (const uid of choice.uids) mirror.forgetFlags(uid);
    return;
  }
  checkStored(client, mirror, choice, { how, flags, unchangedSince }, answer);
}

/** What a client takes for granted after STORE .SILENT; what the server says otherwise comes later. */
function assumeStored(
  mirror: Mirror,
  uids: readonly number[],
  how: 'add' | 'remove' | 'replace',
  flags: readonly string[],
): void {
  for (const uid of uids) {
    const message = mirror.findUid(uid);
    if (message?.key === undefined) continue;
    const before = message.key;
    message.key = flagKey(applyFlags(new Set(before.split(' ').filter(Boolean)), how, flags));
    // Of messages that had the flags already nothing is said, and their modseq stays.
    if (before !== message.key) delete message.modseq;
  }
}

interface Stored {
  readonly how: 'add' | 'remove' | 'replace';
  readonly flags: readonly string[];
  readonly unchangedSince: number | undefined;
}

/** Each message that was named has the flags, or was changed since, or is gone. */
function checkStored(
  { model }: ModelClient,
  mirror: Mirror,
  { uids, prefix }: Choice,
  { how, flags, unchangedSince }: Stored,
  { text, since }: Answer,
): void {
  const named = expandSet(/\[MODIFIED ([\d:,]+)\]/.exec(text)?.[1] ?? '');
  const modified = new Set(prefix === '' ? named.map((number) => mirror.messages[number - 1]?.uid ?? 0) : named);
  const { truth } = mirror;
  for (const uid of uids) {
    const versions = truth.versionsSince(uid, since);
    if (modified.has(uid)) {
      const message = mirror.findUid(uid);
      // What SILENT had taken for granted did not happen; the server says what the flags are.
      if (message !== undefined && message.modseq === undefined) delete message.key;
      if (versions.some(({ modseq }) => modseq > (unchangedSince ?? Infinity))) continue;
      throw new Error(`MODIFIED names ${uid}, which did not change`);
    }
    const has = versions.some(({ key }) => {
      const now = key.split(' ').filter(Boolean);
      return flagKey(applyFlags(new Set(now), how, flags)) === key;
    });
    if (has || truth.isGone(uid)) continue;
    const last = truth.lastSeen(uid);
    throw new Error(`STORE left ${uid} as it was: ${last.modseq} (${last.key}), write ${model.modseq}`);
  }
}

/** FETCH of flags, of what changed since, or of the message, which sets \Seen. */
export async function fetch(client: ModelClient, mirror: Mirror): Promise<void> {
  const { chance, habits } = client;
  if (habits.condstore && chance.oneIn(4)) {
    await fetchChanged(client, mirror);
    return;
  }
  const choice = choose(client, mirror);
  if (choice === undefined) return;
  const items = chance.pick(['(FLAGS)', '(UID FLAGS MODSEQ)', 'ENVELOPE', '(FLAGS BODY.PEEK[HEADER])', 'BODY[TEXT]']);
  if (items.includes('MODSEQ') && !habits.condstore) return;
  const seen = { kind: 'store', how: 'add', flags: ['\\Seen'], asked: new Set(choice.uids) } as const;
  await client.run(`${choice.prefix}FETCH ${choice.set} ${items}`, {
    ...(items === 'BODY[TEXT]' ? { operation: seen } : {}),
    mayExpunge: choice.prefix !== '' || !client.mayUseNumbers,
  });
}

/** The uids of messages that the client does not know yet, so that it can act on them. */
export async function learnNew(client: ModelClient, mirror: Mirror): Promise<void> {
  if (mirror.messages.every(({ uid }) => uid !== undefined)) return;
  const items = client.habits.condstore ? '(FLAGS MODSEQ)' : '(FLAGS)';
  await client.run(`UID FETCH 1:* ${items}`);
}

/** Nothing that changed is missing, and nothing else is told. RFC 7162 sections 3.1.4.1 and 3.2.6. */
async function fetchChanged(client: ModelClient, mirror: Mirror): Promise<void> {
  const { chance, habits, model } = client;
  const { truth } = mirror;
  const from = Math.max(1, model.modseq - chance.below(60));
  const vanished = habits.qresync && chance.oneIn(2);
  const known = mirror.knownUids();
  const largest = Math.max(0, ...known);
  const numbersBefore = mirror.messages.length;
  const told = new Set<number>();
  const gone = new Set<number>();
  const learn = (response: string, since: number): void => {
    const uid = fetchedUid(response);
    if (uid !== undefined) told.add(uid);
    if (response.startsWith('* VANISHED (EARLIER) ')) for (const each of expandSet(response.slice(21))) gone.add(each);
    mirror.learn(response, { since, mayExpunge: true });
  };
  const answer = await client.run(`UID FETCH 1:* (FLAGS) (CHANGEDSINCE ${from}${vanished ? ' VANISHED' : ''})`, {
    learn,
  });
  if (answer.status !== 'OK') return;
  for (const uid of known) {
    const always = truth.versionsSince(uid, answer.since).every(({ modseq }) => modseq > from);
    if (always && !told.has(uid) && !truth.isGone(uid)) throw new Error(`${uid} changed after ${from} and is not told`);
  }
  // One whose uid the client never learned may be the one that is gone.
  if (!vanished || numbersBefore === 0 || mirror.messages.some(({ uid }) => uid === undefined)) return;
  for (const uid of truth.expungedSince(from)) {
    const wasKnown = mirror.findUid(uid) !== undefined || known.includes(uid);
    if (uid > largest || !truth.wasGone(uid, answer.since) || wasKnown || gone.has(uid)) continue;
    throw new Error(`${uid} vanished after ${from} and is not told`);
  }
}

export function flagOf(chance: Chance): string {
  return chance.pick(someFlags);
}
