import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Actor, type Stage } from './imap-stage.ts';
import type { ScriptedConnection } from './scripted-connection.ts';

/** What a client with a cache knows of its mailbox, learned only from what the server told. */
class CachingClient {
  readonly connection: ScriptedConnection<unknown>;
  /** By message number: uid and flags, as far as known. */
  readonly messages: { uid?: number; flags?: Set<string> }[] = [];
  private readonly qresync: boolean;
  private count = 0;

  constructor(connection: ScriptedConnection<unknown>, qresync: boolean) {
    this.connection = connection;
    this.qresync = qresync;
  }

  async start(): Promise<void> {
    if (this.qresync) await this.run('ENABLE QRESYNC');
    await this.run('SELECT INBOX');
    await this.run('FETCH 1:* (UID FLAGS)');
  }

  /** Sends a command and learns from the answer. Returns its tagged line. */
  async run(command: string): Promise<string> {
    const tag = `t${++this.count}`;
    const said = await this.connection.send(`${tag} ${command}\r\n`);
    let tagged = '';
    for (const line of said.split('\r\n')) {
      if (line.startsWith(`${tag} `)) tagged = line.slice(tag.length + 1);
      else this.learn(line);
    }
    // Between commands a client is told nothing; the events that wait are looked at with the next one.
    return tagged;
  }

  private learn(line: string): void {
    const numbered = /^\* (\d+) (EXISTS|EXPUNGE|FETCH)(?: \((.*)\))?$/.exec(line);
    const number = Number(numbered?.[1]);
    if (numbered?.[2] === 'EXISTS') {
      expect(number).toBeGreaterThanOrEqual(this.messages.length);
      while (this.messages.length < number) this.messages.push({});
    } else if (numbered?.[2] === 'EXPUNGE') {
      expect(this.qresync).toBe(false);
      expect(this.messages.splice(number - 1, 1)).toHaveLength(1);
    } else if (numbered?.[2] === 'FETCH') {
      this.learnFetch(number, numbered[3] ?? '');
    } else if (line.startsWith('* VANISHED ')) {
      expect(this.qresync).toBe(true);
      for (const uid of expand(line.slice('* VANISHED '.length))) {
        const at = this.placeOf(uid);
        expect(at).toBeGreaterThanOrEqual(0);
        this.messages.splice(at, 1);
      }
    }
  }

  /** Uids ascend, so one that is not known is one of the unknown ones between its known neighbours; these are all alike. */
  private placeOf(uid: number): number {
    const known = this.messages.findIndex((message) => message.uid === uid);
    if (known >= 0) return known;
    const after = this.messages.findIndex((message) => (message.uid ?? 0) > uid);
    const end = after < 0 ? this.messages.length : after;
    return this.messages[end - 1]?.uid === undefined ? end - 1 : -1;
  }

  private learnFetch(number: number, data: string): void {
    const message = this.messages[number - 1];
    if (message === undefined) throw new Error(`FETCH of a number that was not told: ${number}`);
    const uid = /UID (\d+)/.exec(data)?.[1];
    const flags = /FLAGS \(([^)]*)\)/.exec(data)?.[1];
    if (uid !== undefined) {
      expect(message.uid ?? Number(uid)).toBe(Number(uid));
      message.uid = Number(uid);
    }
    if (flags !== undefined) message.flags = new Set(flags.split(' ').filter((flag) => flag !== ''));
  }

  /** What STORE .SILENT leaves to the client: the change is known from the command. */
  async storeSilent(first: number, last: number, add: boolean, flag: string): Promise<void> {
    const before = this.messages.slice(first - 1, last);
    for (const message of before) {
      if (add) message.flags?.add(flag);
      else message.flags?.delete(flag);
    }
    const tagged = await this.run(`STORE ${first}:${last} ${add ? '+' : '-'}FLAGS.SILENT (${flag})`);
    expect(tagged).toMatch(/^OK/);
  }
}

function expand(set: string): number[] {
  return set.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split(':').map(Number);
    return Array.from({ length: last - first + 1 }, (_each, i) => first + i);
  });
}

/** Each time the same numbers, spread as if by chance. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * below);
  };
}

const message = (name: string): string => `From: ann@example.org\nSubject: ${name}\n\nbody of ${name}\n`;

describe('sessions in parallel on one mailbox', () => {
  let stage: Stage;
  let actor: Actor;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.close());

  for (const seed of [1, 2, 3, 4]) {
    test(`what each was told adds up to what is there (seed ${seed})`, async () => {
      actor = await stage.newActor();
      for (let i = 0; i < 40; i++) await actor.deliver('INBOX', message(`m${i}`));
      const next = chance(seed);
      const clients: CachingClient[] = [];
      for (let i = 0; i < 4; i++) clients.push(new CachingClient(await actor.enter(`c${i}`), i % 2 === 1));
      await Promise.all(clients.map((client) => client.start()));
      await Promise.all(clients.map((client) => act(client, next, 60)));
      for (const client of clients) await client.run('NOOP');
      const truth = new CachingClient(await actor.enter('truth'), false);
      await truth.start();
      for (const client of clients) {
        const known = client.messages.filter(({ uid }) => uid !== undefined);
        expect(client.messages).toHaveLength(truth.messages.length);
        for (const { uid, flags } of known) {
          const real = truth.messages.find((each) => each.uid === uid);
          expect(real).toBeDefined();
          if (flags !== undefined) expect([uid, [...flags].sort()]).toEqual([uid, [...(real?.flags ?? [])].sort()]);
        }
      }
      for (const client of [...clients, truth]) client.connection.end();
      expect(actor.logged.filter((line) => line.startsWith('command failed'))).toEqual([]);
    });
  }

  async function act(client: CachingClient, next: (below: number) => number, steps: number): Promise<void> {
    for (let step = 0; step < steps; step++) {
      const { length } = client.messages;
      const first = 1 + next(Math.max(1, length));
      const last = Math.min(length, first + next(6));
      const flag = ['\\Seen', '\\Flagged', '\\Answered', 'work'][next(4)] ?? '';
      switch (length === 0 ? 8 : next(10)) {
        case 0:
          await client.storeSilent(first, last, next(2) === 0, flag);
          break;
        case 1:
          await client.run(`STORE ${first}:${last} ${next(2) === 0 ? '+' : '-'}FLAGS (${flag})`);
          break;
        case 2:
          await client.run(`STORE ${first} +FLAGS (\\Deleted)`);
          break;
        case 3:
          await client.run('EXPUNGE');
          break;
        case 4:
          await client.run(`FETCH ${first}:${last} (UID FLAGS RFC822.SIZE BODY[TEXT])`);
          break;
        case 5:
          await client.run(`MOVE ${first} Archive`);
          break;
        case 6:
          await client.run(`UID SEARCH RETURN (SAVE) ${next(2) === 0 ? 'SEEN' : 'FLAGGED'}`);
          break;
        case 7:
          await client.run('FETCH $ (UID FLAGS)');
          break;
        case 8:
          await actor.deliver('INBOX', message(`n${step}`));
          break;
        default:
          await client.run('NOOP');
      }
    }
  }

  test('FETCH while messages go: right numbers, whole messages, and told at the end', async () => {
    actor = await stage.newActor();
    for (let i = 1; i <= 600; i++) await actor.deliver('INBOX', message(`<${i}>`));
    const client = await actor.enter();
    await client.send('s SELECT INBOX\r\n');
    const fetching = client.send('a FETCH 1:* (UID RFC822.SIZE BODY.PEEK[])\r\nb NOOP\r\n');
    await actor.expunge('INBOX', 100, 199);
    await actor.expunge('INBOX', 590, 600);
    const said = await fetching;
    const answered = [
      ...said.matchAll(/^\* (\d+) FETCH \(UID (\d+) RFC822\.SIZE (\d+) BODY\[\] \{(\d+)\}\r\n([^]*?)\)\r\n(?=\*|a)/gm),
    ];
    for (const [, number, uid, size, octets, text] of answered) {
      expect(number).toBe(uid);
      expect(octets).toBe(size);
      expect(text).toHaveLength(Number(size));
      expect(text).toContain(`Subject: <${uid}>`);
    }
    expect(answered.length).toBeGreaterThanOrEqual(489);
    expect(said).toContain(answered.length === 600 ? '\r\na OK FETCH' : '\r\na OK [EXPUNGEISSUED] FETCH');
    const later = await client.send('c NOOP\r\n');
    expect((said + later).match(/^\* \d+ EXPUNGE\r$/gm)).toHaveLength(111);
    expect((said + later).indexOf('EXPUNGE\r\n')).toBeGreaterThan(said.indexOf('\r\na OK'));
    client.end();
  });
});
