import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Stage } from './imap-stage.ts';
import type { ScriptedConnection } from './scripted-connection.ts';

interface Oracle {
  readonly mailbox: readonly {
    readonly path: string;
    readonly flags: readonly string[];
    readonly internaldate: string;
  }[];
  readonly agreed: Readonly<Record<string, readonly number[]>>;
  readonly disputed: Readonly<Record<string, { readonly a: readonly number[] }>>;
}

const vectors = join(import.meta.dirname, '../../../shared/vectors');
const file = join(vectors, 'imap-oracle/search-sort-thread.json');
const isSort = ([command]: readonly [string, unknown]): boolean => command.startsWith('SORT ');

/** `SORT REVERSE DATE` as the oracle names it. */
function toCommand(name: string): string {
  return `SORT (${name.slice(5)}) UTF-8 ALL`;
}

describe.skipIf(!existsSync(file))('SORT as the reference servers answer (skipped without ../shared/vectors)', () => {
  let stage: Stage;
  let client: ScriptedConnection<unknown>;
  const oracle: Oracle = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Oracle)
    : { mailbox: [], agreed: {}, disputed: {} };

  beforeAll(async () => {
    stage = await openStage();
    const actor = await stage.newActor();
    client = await actor.enter();
    for (const { path, flags, internaldate } of oracle.mailbox) {
      const raw = readFileSync(join(vectors, path))
        .toString('latin1')
        .replace(/^From .*\n/, '');
      const octets = Buffer.from(raw.replaceAll(/\r?\n/g, '\r\n'), 'latin1');
      const head = `a APPEND INBOX (${flags.join(' ')}) "${internaldate.padStart(26)}" {${octets.length}+}\r\n`;
      const said = await client.send(Buffer.concat([Buffer.from(head), octets, Buffer.from('\r\n')]));
      expect([path, said]).toEqual([path, expect.stringMatching(/^a OK/)]);
    }
    await client.send('s SELECT INBOX\r\n');
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
