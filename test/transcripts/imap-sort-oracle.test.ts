import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Stage } from './imap-stage.ts';
import { fillInbox, hasOracle, readOracle } from './oracle-mailbox.ts';
import type { ScriptedConnection } from './scripted-connection.ts';

const isSort = ([command]: readonly [string, unknown]): boolean => command.startsWith('SORT ');

/** `SORT REVERSE DATE` as the oracle names it. */
function toCommand(name: string): string {
  return `SORT (${name.slice(5)}) UTF-8 ALL`;
}

describe.skipIf(!hasOracle)('SORT as the reference servers answer (skipped without ../shared/vectors)', () => {
  let stage: Stage;
  let client: ScriptedConnection<unknown>;
  const oracle = readOracle();

  beforeAll(async () => {
    stage = await openStage();
    const actor = await stage.newActor();
    client = await actor.enter();
    await fillInbox(client, oracle);
  }, 120_000);
  afterAll(async () => {
    client.end();
    await stage.close();
  });

  async function sort(name: string): Promise<number[]> {
    const [line = ''] = (await client.send(`b ${toCommand(name)}\r\n`)).split('\r\n');
    expect(line).toMatch(/^\* SORT/);
    return line.split(' ').slice(2).map(Number);
  }

  for (const [name, want] of Object.entries(oracle.agreed).filter(isSort)) {
    test(name, async () => expect(await sort(name)).toEqual(want));
  }

  // Where the two servers differ, we agree with the first in everything.
  for (const [name, { a }] of Object.entries(oracle.disputed).filter(isSort)) {
    test(name, async () => expect(await sort(name)).toEqual(a));
  }

  /** A thread as nested lists: `(1 2 (3)(4))` is [1, 2, [3], [4]]. */
  async function thread(algorithm: string): Promise<string[]> {
    const [line = ''] = (await client.send(`b THREAD ${algorithm} UTF-8 ALL\r\n`)).split('\r\n');
    expect(line).toMatch(/^\* THREAD \(.*\)$/);
    const json = line
      .slice(9)
      .replaceAll(/(\d) /g, '$1,')
      .replaceAll(')(', '],[')
      .replaceAll('(', '[')
      .replaceAll(')', ']');
    return (JSON.parse(`[${json}]`) as unknown[]).map((each) => JSON.stringify(each));
  }

  for (const algorithm of ['REFERENCES', 'ORDEREDSUBJECT']) {
    test(`THREAD ${algorithm}`, async () => {
      const name = `THREAD ${algorithm}`;
      const threads = await thread(algorithm);
      const agreed = (oracle.agreed[name] ?? []).map((each) => JSON.stringify(each));
      const disputed = (oracle.disputed[name]?.a ?? []).map((each) => JSON.stringify(each));
      expect(threads.filter((each) => !disputed.includes(each))).toEqual(agreed);
      expect(threads.filter((each) => disputed.includes(each))).toEqual(disputed);
    });
  }
});
