import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Actor, type Stage } from './imap-stage.ts';
import { fillInbox, hasOracle, readOracle } from './oracle-mailbox.ts';
import type { ScriptedConnection } from './scripted-connection.ts';

/** Where we differ from both on purpose. */
const reasons: Readonly<Record<string, string>> = {
  'SEARCH BODY "http://www.zdnet"': 'HTML is searched as the text that is seen: addresses of links are not part of it',
};

const isSearch = (command: string): boolean => command.startsWith('SEARCH ');

describe.skipIf(!hasOracle)('SEARCH as the reference servers answer (skipped without ../shared/vectors)', () => {
  let stage: Stage;
  let actor: Actor;
  let client: ScriptedConnection<unknown>;
  const oracle = readOracle();

  beforeAll(async () => {
    stage = await openStage();
    actor = await stage.newActor();
    client = await actor.enter();
    await fillInbox(client, oracle);
  }, 120_000);
  afterAll(async () => {
    client.end();
    await stage.close();
  });

  async function search(command: string): Promise<number[]> {
    const [line = ''] = (await client.send(`b ${Buffer.from(command, 'utf8').toString('latin1')}\r\n`)).split('\r\n');
    expect(line).toMatch(/^\* SEARCH/);
    return line.split(' ').slice(2).map(Number);
  }

  for (const [command, want] of Object.entries(oracle.agreed).filter(([each]) => isSearch(each))) {
    test(command, async () => expect(await search(command)).toEqual(want));
  }

  for (const [command, { a, b }] of Object.entries(oracle.disputed).filter(([each]) => isSearch(each))) {
    test(`${command}: what both servers find, and nothing that neither does`, async () => {
      const found = await search(command);
      const either = new Set([...a, ...b]);
      expect(found.filter((number) => !either.has(number))).toEqual([]);
      const missing = a.filter((number) => b.includes(number) && !found.includes(number));
      expect(missing.length > 0).toBe(reasons[command] !== undefined);
    });
  }
});
