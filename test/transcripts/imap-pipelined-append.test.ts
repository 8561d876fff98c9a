import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { Actor, openStage, type Stage } from './imap-stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

/** Numbers that look random and are the same in each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function tagged(said: string): string[] {
  return said.split('\r\n').filter((line) => /^[a-z]\d+ /.test(line));
}

/** Answers of which each must begin so, in this order. */
function expectAnswers(said: string, wanted: readonly string[]): void {
  expect(tagged(said).map((line, i) => line.slice(0, wanted[i]?.length))).toEqual(wanted);
}

describe('commands that follow each other without waiting', () => {
  for (let seed = 1; seed <= 12; seed++) {
    test(`are answered in order, each as if it were alone: ${seed}`, async () => {
      const below = numbers(seed);
      const actor = await stage.newActor();
      actor.quotaBytes = 6000;
      const connection = await actor.enter('c1', 1 + below(400));
      await connection.send('s1 SELECT INBOX\r\n');
      let used = 0;
      let uid = 0;
      let sent = '';
      const wanted: string[] = [];
      for (let i = 1; i <= 60; i++) {
        const tag = `a${i}`;
        const text = 'x'.repeat(1 + below(400));
        const kind = below(12);
        if (kind === 0) {
          sent += `${tag} APPEND Nowhere {${text.length}+}\r\n${text}\r\n`;
          wanted.push(`${tag} NO [TRYCREATE]`);
        } else if (kind === 1) {
          sent += `${tag} APPEND INBOX {0+}\r\n\r\n`;
          wanted.push(`${tag} NO no message`);
        } else if (kind === 2) {
          sent += `${tag} APPEND INBOX {9x}\r\n`;
          wanted.push(`${tag} BAD`);
        } else if (kind === 3) {
          sent += `${tag} NOOP\r\n`;
          wanted.push(`${tag} OK`);
        } else if (kind === 4) {
          sent += `${tag} APPEND INBOX {${text.length}+}\r\n${text} (\\Nonsense) {3+}\r\nabc\r\n`;
          // Without room the first of the two may be refused, or else the second.
          wanted.push(used + text.length <= 6000 ? `${tag} BAD` : `${tag} `);
        } else {
          sent += `${tag} APPEND INBOX {${text.length}+}\r\n${text}\r\n`;
          const fits = used + text.length <= 6000;
          if (fits) used += text.length;
          wanted.push(fits ? `${tag} OK [APPENDUID ? ${++uid}]` : `${tag} NO [OVERQUOTA]`);
        }
      }
      const said = (await connection.send(`${sent}z1 STATUS INBOX (MESSAGES UIDNEXT)\r\n`)).replaceAll(
        /\[APPENDUID \d+/g,
        '[APPENDUID ?',
      );
      expectAnswers(said, [...wanted, 'z1 OK']);
      expect(said).toContain(`* STATUS INBOX (MESSAGES ${uid} UIDNEXT ${uid + 1})`);
      // A message is told before the answer of the command that brought it. RFC 9051 section 6.3.12.
      let exists = 0;
      for (const line of said.split('\r\n')) {
        exists = Number(/^\* (\d+) EXISTS$/.exec(line)?.[1] ?? exists);
        const appended = Number(/APPENDUID \? (\d+)\]/.exec(line)?.[1] ?? 0);
        expect(exists).toBeGreaterThanOrEqual(appended);
      }
      expect(actor.logged.filter((line) => line.includes('SERVERBUG'))).toEqual([]);
      connection.end();
    });
  }
});

/** A store whose appends are committed when the test says so. */
class SlowCommits {
  readonly store: Store;
  private readonly waiting: ((failed: boolean) => void)[] = [];
  started = 0;

  constructor(store: Store) {
    const appendAll: Store['appendAll'] = async (messages, origin) => {
      this.started++;
      const failed = await new Promise<boolean>((resolve) => this.waiting.push(resolve));
      if (failed) throw new Error('the store broke');
      return store.appendAll(messages, origin);
    };
    this.store = new Proxy(store, {
      get(target, name): unknown {
        if (name === 'appendAll') return appendAll;
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function'
          ? (...args: unknown[]): unknown => Reflect.apply(value, target, args)
          : value;
      },
    });
  }

  finish(which: number, failed = false): void {
    this.waiting[which]?.(failed);
  }

  async begun(count: number): Promise<void> {
    await vi.waitFor(() => expect(this.started).toBe(count), { interval: 1 });
  }
}

const message = (tag: string): string => `${tag} APPEND INBOX {3+}\r\nabc\r\n`;

async function slowActor(): Promise<{ actor: Actor; commits: SlowCommits }> {
  const { accountId } = await stage.newActor();
  const commits = new SlowCommits(stage.store);
  return { actor: new Actor(commits.store, accountId, 'slow'), commits };
}

describe('APPENDs in flight', () => {
  test('begin before the last one is committed, and are answered in order', async () => {
    const { actor, commits } = await slowActor();
    const connection = await actor.enter();
    const said = connection.send(message('a1') + message('a2') + message('a3') + message('a4'));
    await commits.begun(4);
    commits.finish(1);
    commits.finish(3);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(connection.out).toBe('');
    commits.finish(2, true);
    commits.finish(0);
    expectAnswers(await said, ['a1 OK [APPENDUID', 'a2 OK [APPENDUID', 'a3 NO [SERVERBUG]', 'a4 OK [APPENDUID']);
    connection.end();
  });

  test('hold back every other command, and what is refused', async () => {
    const { actor, commits } = await slowActor();
    const connection = await actor.enter();
    const said = connection.send(`${message('a1')}a2 APPEND Nowhere {3+}\r\nabc\r\n${message('a3')}a4 CREATE x\r\n`);
    await commits.begun(1);
    expect(connection.out).toBe('');
    commits.finish(0);
    await commits.begun(2);
    expectAnswers(connection.out, ['a1 OK', 'a2 NO [TRYCREATE]']);
    commits.finish(1);
    expectAnswers(await said, ['a1 OK', 'a2 NO', 'a3 OK', 'a4 OK']);
    connection.end();
  });

  test('are at most sixty-four', async () => {
    const { actor, commits } = await slowActor();
    const connection = await actor.enter();
    const tags = Array.from({ length: 70 }, (_each, i) => `a${i + 1}`);
    const said = connection.send(tags.map(message).join(''));
    await commits.begun(64);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(commits.started).toBe(64);
    for (let i = 0; i < 70; i++) {
      await vi.waitFor(() => expect(commits.started).toBeGreaterThan(i), { interval: 1 });
      commits.finish(i);
    }
    expectAnswers(
      await said,
      tags.map((tag) => `${tag} OK [APPENDUID`),
    );
    connection.end();
  });

  test('are few when they are large', async () => {
    const { actor, commits } = await slowActor();
    const connection = await actor.enter();
    // Five at a time make one command of a million octets; four of them are what may wait.
    const octets = 'y'.repeat(200_000);
    const tags = Array.from({ length: 6 }, (_each, i) => `a${i + 1}`);
    const five = ` {200000+}\r\n${octets}`.repeat(5);
    const said = connection.send(tags.map((tag) => `${tag} APPEND INBOX${five}\r\n`).join(''));
    await commits.begun(5);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(commits.started).toBe(5);
    commits.finish(0);
    await commits.begun(6);
    for (let i = 1; i < 6; i++) commits.finish(i);
    expect(tagged(await said)).toHaveLength(6);
    connection.end();
  });

  test('are answered before goodbye', async () => {
    const { actor, commits } = await slowActor();
    const connection = await actor.enter();
    const sent = connection.send(message('a1') + message('a2'));
    await commits.begun(2);
    const stopping = connection.input({ kind: 'shutdown' });
    commits.finish(1);
    commits.finish(0);
    const said = (await stopping) + (await sent);
    expect(said).toMatch(/a1 OK .*\r\na2 OK .*\r\n\* BYE /);
    connection.end();
  });

  test('are stored although the client went away, and nobody is told', async () => {
    const { actor, commits } = await slowActor();
    const connection = await actor.enter();
    void connection.send(message('a1') + message('a2') + message('a3'));
    await commits.begun(3);
    connection.end();
    commits.finish(0);
    commits.finish(1, true);
    commits.finish(2);
    await vi.waitFor(async () => {
      expect((await stage.store.findMailbox(actor.accountId, 'INBOX'))?.total).toBe(2);
    });
    expect(connection.out).toBe('');
  });
});
