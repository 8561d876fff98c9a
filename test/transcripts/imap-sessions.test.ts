import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { flagNames } from '../../src/store/flags.ts';
import type { ImapEvent } from '../../src/serve/imap/session.ts';
import { openStage, type Actor, type Stage } from './imap-stage.ts';
import type { ScriptedConnection } from './scripted-connection.ts';

/**
 * Several sessions in one mailbox do what they like. Each has a client that believes only what it is told; in the end all
 * clients must believe the truth, and on the way no number may have slipped. RFC 9051 section 5.5.
 */
let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

interface Message {
  uid: number | undefined;
  flags: string | undefined;
}

/** What a client knows of its mailbox, out of untagged responses alone. */
class Client {
  readonly messages: Message[] = [];
  readonly name: string;
  private readonly connection: ScriptedConnection<ImapEvent>;
  idle = false;
  private tag = 0;

  constructor(name: string, connection: ScriptedConnection<ImapEvent>) {
    this.name = name;
    this.connection = connection;
  }

  /** Sends a command; `steady`: message numbers may not change during it. */
  async ask(line: string, steady = false): Promise<string> {
    const tag = `${this.name}${++this.tag}`;
    const said = await this.connection.send(`${tag} ${line}\r\n`);
    this.hear(said, steady);
    const tagged = said.split('\r\n').find((one) => one.startsWith(`${tag} `)) ?? '';
    if (line !== 'IDLE') expect(tagged).not.toBe('');
    expect(tagged).not.toMatch(/ BAD /);
    return tagged;
  }

  async startIdle(): Promise<void> {
    this.idle = true;
    this.hear(await this.connection.send(`${this.name}${++this.tag} IDLE\r\n`), false);
  }

  async done(): Promise<void> {
    this.idle = false;
    this.hear(await this.connection.send('DONE\r\n'), false);
  }

  /** What comes by itself: only to those who are idle. */
  async listen(): Promise<void> {
    const said = await this.connection.settle();
    if (!this.idle) expect(said).toBe('');
    this.hear(said, false);
  }

  /** What the client knows of its own STORE .SILENT. */
  believe(first: number, last: number, flags: string): void {
    for (const message of this.messages.slice(first - 1, last)) message.flags = flags;
  }

  end(): void {
    this.connection.end();
  }

  private hear(said: string, steady: boolean): void {
    for (const line of said.split('\r\n')) {
      const exists = /^\* (\d+) EXISTS$/.exec(line);
      const expunge = /^\* (\d+) EXPUNGE$/.exec(line);
      const vanished = /^\* VANISHED ([\d:,]+)$/.exec(line);
      const fetch = /^\* (\d+) FETCH \((.*)\)$/.exec(line);
      if (steady) expect(expunge ?? vanished, line).toBeNull();
      if (exists !== null) this.grow(Number(exists[1]));
      else if (expunge !== null) this.drop(Number(expunge[1]));
      else if (vanished !== null) this.forget(vanished[1] ?? '');
      else if (fetch !== null) this.learn(Number(fetch[1]), fetch[2] ?? '');
    }
  }

  private grow(count: number): void {
    expect(count).toBeGreaterThanOrEqual(this.messages.length);
    while (this.messages.length < count) this.messages.push({ uid: undefined, flags: undefined });
  }

  private drop(number: number): void {
    expect(number).toBeLessThanOrEqual(this.messages.length);
    this.messages.splice(number - 1, 1);
  }

  private forget(set: string): void {
    for (const range of set.split(',')) {
      const [first = 0, last = first] = range.split(':').map(Number);
      for (let uid = first; uid <= last; uid++) {
        const at = this.messages.findIndex((message) => message.uid === uid);
        // A message that the client never asked about is somewhere among those without uid, in uid order.
        if (at >= 0) this.messages.splice(at, 1);
        else this.dropUnknown(uid);
      }
    }
  }

  private dropUnknown(uid: number): void {
    const after = this.messages.findLastIndex((message) => message.uid !== undefined && message.uid < uid);
    const at = this.messages.findIndex((message, position) => position > after && message.uid === undefined);
    expect(at, `VANISHED ${uid} of a message that was never told`).toBeGreaterThanOrEqual(0);
    this.messages.splice(at, 1);
    // Which of them it was the client cannot tell, so it forgets what it believed of the others.
    for (let position = at; this.messages[position]?.uid === undefined; position++) {
      const message = this.messages[position];
      if (message === undefined) break;
      message.flags = undefined;
    }
  }

  private learn(number: number, items: string): void {
    const message = this.messages[number - 1];
    if (message === undefined) throw new Error(`FETCH of number ${number}, of ${this.messages.length}`);
    const uid = /\bUID (\d+)/.exec(items)?.[1];
    const flags = /\bFLAGS \(([^)]*)\)/.exec(items)?.[1];
    if (uid !== undefined) {
      if (message.uid !== undefined) expect(Number(uid), `uid of number ${number}`).toBe(message.uid);
      message.uid = Number(uid);
    }
    if (flags !== undefined) message.flags = flags;
  }
}

type Action = readonly [who: number, what: string, first: number, last: number];

const action: fc.Arbitrary<Action> = fc.tuple(
  fc.nat(2),
  fc.constantFrom(
    ...[
      'noop',
      'fetch',
      'uid fetch',
      'store',
      'store silent',
      'uid store',
      'delete',
      'delete',
      'expunge',
      'uid expunge',
    ],
    ...[
      'move',
      'copy',
      'search',
      'deliver',
      'deliver',
      'deliver',
      'outside',
      'outside expunge',
      'idle',
      'append',
      'close',
    ],
  ),
  fc.integer({ min: 1, max: 12 }),
  fc.integer({ min: 1, max: 12 }),
);

async function act(actor: Actor, clients: readonly Client[], [who, what, from, to]: Action): Promise<void> {
  const client = clients[who];
  if (client === undefined) return;
  if (what === 'idle' && !client.idle) return client.startIdle();
  if (client.idle && !/^(deliver|outside)/.test(what)) await client.done();
  const count = client.messages.length;
  const first = Math.min(from, to, Math.max(1, count));
  const set = `${first}:${Math.min(Math.max(from, to), Math.max(1, count))}`;
  const some = count > 0;
  switch (what) {
    case 'noop':
      await client.ask('NOOP');
      return;
    case 'fetch':
      if (some) await client.ask(`FETCH ${set} (UID FLAGS)`, true);
      return;
    case 'uid fetch':
      await client.ask(`UID FETCH ${from}:* (FLAGS)`);
      return;
    case 'store':
      if (some) await client.ask(`STORE ${set} ${from % 2 === 0 ? '+' : '-'}FLAGS (\\Seen $Junk)`, true);
      return;
    case 'store silent': {
      if (!some) return;
      client.believe(first, Number(set.split(':')[1]), '\\Answered');
      await client.ask(`STORE ${set} FLAGS.SILENT (\\Answered)`, true);
      return;
    }
    case 'uid store':
      await client.ask(`UID STORE ${from}:${from + 5} +FLAGS (\\Flagged work)`);
      return;
    case 'delete':
      if (some) await client.ask(`STORE ${set} +FLAGS (\\Deleted)`, true);
      return;
    case 'expunge':
      await client.ask('EXPUNGE');
      return;
    case 'uid expunge':
      await client.ask(`UID EXPUNGE ${from}:${from + 3}`);
      return;
    case 'move':
      if (some) await client.ask(`MOVE ${first} Archive`);
      return;
    case 'copy':
      if (some) await client.ask(`COPY ${set} Archive`);
      return;
    case 'search':
      await client.ask('SEARCH UNSEEN', true);
      return;
    case 'append':
      await client.ask('APPEND INBOX (\\Draft) {14+}\r\nSubject: x\r\n\r\n');
      return;
    case 'close':
      await reselect(client);
      return;
    case 'deliver':
      return actor.deliver('INBOX', 'Subject: a\n\nb\n');
    case 'outside':
      return actor.mark('INBOX', from, to, '\\Seen', from % 2 === 0);
    case 'outside expunge':
      return actor.expunge('INBOX', from, from + 1);
    default:
  }
}

async function reselect(client: Client): Promise<void> {
  await client.ask('UNSELECT');
  client.messages.length = 0;
  await client.ask('SELECT INBOX');
}

async function check(actor: Actor, client: Client): Promise<void> {
  if (client.idle) await client.done();
  await client.ask('NOOP');
  const believed = client.messages.map((message) => ({ ...message }));
  const inbox = await actor.store.findMailbox(actor.accountId, 'INBOX');
  const index = inbox && (await actor.store.openMailbox(actor.accountId, inbox.id));
  if (index === undefined) throw new Error('no INBOX');
  const truth = [...index.uids.subarray(0, index.length)];
  expect(client.messages.length).toBe(truth.length);
  const flagsAt = (position: number): string =>
    [...flagNames(index.flags[position] ?? 0), ...index.keywordsAt(position)].join(' ');
  for (const [position, { uid, flags }] of believed.entries()) {
    if (uid !== undefined) expect(uid).toBe(truth[position]);
    if (flags !== undefined) expect(flags).toBe(flagsAt(position));
  }
  if (client.messages.length > 0) await client.ask('FETCH 1:* (UID FLAGS)', true);
  for (const [position, message] of client.messages.entries()) {
    expect(message).toEqual({ uid: truth[position], flags: flagsAt(position) });
  }
  index.release();
}

test('no number slips, whatever three sessions and the world do', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 50 }), async (actions) => {
      const actor = await stage.newActor();
      for (let count = 0; count < 5; count++) await actor.deliver('INBOX', 'Subject: a\n\nb\n');
      const clients: Client[] = [];
      for (const name of ['a', 'b', 'q']) {
        const client = new Client(name, await actor.enter(name));
        if (name === 'q') await client.ask('ENABLE QRESYNC');
        await client.ask('SELECT INBOX');
        clients.push(client);
      }
      for (const one of actions) {
        await act(actor, clients, one);
        for (const client of clients) await client.listen();
      }
      for (const client of clients) await check(actor, client);
      for (const client of clients) client.end();
      expect(actor.logged.filter((line) => line.startsWith('command failed'))).toEqual([]);
    }),
    { numRuns: 40 },
  );
});
