import { findFlagBit } from '../../src/store/flags.ts';
import { choose, someFlags } from './act-on-flags.ts';
import type { Mirror } from './mirror.ts';
import type { ModelClient } from './model-client.ts';
import type { Operation } from './operation.ts';
import { expandSet } from './responses.ts';

let tokens = 0;

function newMessage(flags: readonly string[]): { flags: readonly string[]; token: string; text: string } {
  const token = `token${(++tokens).toString(36)}z`;
  const text = `From: ann@example.org\r\nSubject: ${token}\r\n\r\nbody ${token}\r\n`;
  return { flags, token, text };
}

/** APPEND of one message or several (RFC 3502). */
export async function append(client: ModelClient, name: string): Promise<void> {
  const { chance } = client;
  const messages = Array.from({ length: chance.oneIn(4) ? 3 : 1 }, () => newMessage(chance.some(someFlags)));
  const operation = { kind: 'append', messages, uids: [] as number[] } as const;
  const texts = messages.map(({ flags, text }) => `(${flags.join(' ')}) {${text.length}+}\r\n${text}`);
  const answer = await client.run(`APPEND ${client.nameOf(name)} ${texts.join(' ')}`, { operation });
  if (answer.status !== 'OK') return;
  const uids = expandSet(/\[APPENDUID \d+ ([\d:,]+)\]/.exec(answer.text)?.[1] ?? '');
  if (uids.join() !== operation.uids.join())
    throw new Error(`APPENDUID ${uids.join()}, it was ${operation.uids.join()}`);
}

/** A message comes by another way than this client. */
export async function deliver(client: ModelClient, name: string): Promise<void> {
  const { actor, chance, model } = client;
  const message = newMessage(chance.some(someFlags));
  const origin = `delivery ${message.token}`;
  model.operations.set(origin, { kind: 'append', messages: [message], uids: [] });
  const target = {
    accountId: actor.accountId,
    mailbox: { name, orInbox: true },
    flags: message.flags.reduce((sum, flag) => sum | (findFlagBit(flag) ?? 0), 0),
    keywords: message.flags.filter((flag) => findFlagBit(flag) === undefined),
    receivedAtMs: actor.nowMs,
    prefix: '',
  };
  const octets = Buffer.from(message.text);
  await actor.store.append({ message: { kind: 'octets', octets }, targets: [target] }, { origin });
  model.operations.delete(origin);
}

/** COPY and MOVE: COPYUID says which became which. */
export async function copyOrMove(client: ModelClient, mirror: Mirror, to: string): Promise<void> {
  const choice = choose(client, mirror);
  if (choice === undefined) return;
  const kind = client.chance.pick(['copy', 'move'] as const);
  const asked = [...choice.uids].sort((a, b) => a - b);
  const operation = { kind, from: mirror.truth.id, asked, pairs: [] as [number, number][] } as const;
  const answer = await client.run(`${choice.prefix}${kind.toUpperCase()} ${choice.set} ${client.nameOf(to)}`, {
    operation,
  });
  if (answer.status !== 'OK') return;
  noteHighest(client, answer.text);
  const told = [answer.text, ...answer.untagged].map((line) => /\[COPYUID \d+ (\S+) (\S+)\]/.exec(line)).find(Boolean);
  const sources = expandSet(told?.[1] ?? '');
  const copies = expandSet(told?.[2] ?? '');
  const pairs = sources.map((uid, i) => `${uid} ${copies[i]}`);
  const real = operation.pairs.map(([from, made]) => `${from} ${made}`);
  if (pairs.join() !== real.join()) throw new Error(`COPYUID ${pairs.join()}, it was ${real.join()}`);
}

/** EXPUNGE and UID EXPUNGE: what was \Deleted all the time is gone. */
export async function expunge(client: ModelClient, mirror: Mirror): Promise<void> {
  const choice = client.chance.oneIn(2) ? choose(client, mirror) : undefined;
  const uids = choice?.prefix === 'UID ' ? choice.uids : mirror.knownUids();
  const command = choice?.prefix === 'UID ' ? `UID EXPUNGE ${choice.set}` : 'EXPUNGE';
  const asked = choice?.prefix === 'UID ' ? new Set(uids) : undefined;
  const answer = await client.run(command, { operation: { kind: 'expunge', asked } });
  if (answer.status !== 'OK') return;
  noteHighest(client, answer.text);
  for (const uid of uids) {
    const versions = mirror.truth.versionsSince(uid, answer.since);
    if (mirror.truth.isGone(uid) || !versions.every(({ key }) => key.includes('\\Deleted'))) continue;
    throw new Error(`${uid} is \\Deleted and was not expunged`);
  }
}

/** REPLACE (RFC 8508): the old message goes as the new one comes. */
export async function replace(client: ModelClient, mirror: Mirror, to: string): Promise<void> {
  const choice = choose(client, mirror);
  const [uid] = choice?.uids ?? [];
  if (choice === undefined || uid === undefined) return;
  const message = newMessage(client.chance.some(someFlags));
  const operation: Operation = { kind: 'append', messages: [message], uids: [], replaces: uid };
  const number = choice.prefix === '' ? mirror.messages.findIndex((each) => each.uid === uid) + 1 : uid;
  const { flags, text } = message;
  const command = `${choice.prefix}REPLACE ${number} ${client.nameOf(to)} (${flags.join(' ')}) {${text.length}+}\r\n${text}`;
  const answer = await client.run(command, { operation });
  if (answer.status !== 'OK') return;
  noteHighest(client, answer.text);
  if (!mirror.truth.isGone(uid)) throw new Error(`${uid} was replaced and is there`);
}

/** From here on a client may resynchronise: messages that went were told. RFC 7162 section 3.2.7. */
function noteHighest(client: ModelClient, text: string): void {
  const highest = Number(/\[HIGHESTMODSEQ (\d+)\]/.exec(text)?.[1] ?? 0);
  client.syncedModseq = Math.max(client.syncedModseq, highest);
}
