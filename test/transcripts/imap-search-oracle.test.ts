import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Actor, type Stage } from './imap-stage.ts';
import type { ScriptedConnection } from './scripted-connection.ts';

interface Oracle {
  readonly mailbox: readonly {
    readonly path: string;
    readonly flags: readonly string[];
    readonly internaldate: string;
  }[];
  readonly agreed: Readonly<Record<string, readonly number[]>>;
  readonly disputed: Readonly<Record<string, { readonly a: readonly number[]; readonly b: readonly number[] }>>;
}

const vectors = join(import.meta.dirname, '../../../shared/vectors');
const file = join(vectors, 'imap-oracle/search-sort-thread.json');

/** As the oracle's messages were made: no mbox line, CRLF at the end of lines. */
function toMessage(raw: Buffer): Buffer {
  const text = raw.toString('latin1').replace(/^From .*\n/, '');
  return Buffer.from(text.replaceAll(/\r?\n/g, '\r\n'), 'latin1');
}

/** Where we differ from both on purpose. */
const reasons: Readonly<Record<string, string>> = {
  'SEARCH BODY "http://www.zdnet"': 'HTML is searched as the text that is seen: addresses of links are not part of it',
};

const isSearch = (command: string): boolean => command.startsWith('SEARCH ');

describe.skipIf(!existsSync(file))('SEARCH as the reference servers answer (skipped without ../shared/vectors)', () => {
  let stage: Stage;
  let actor: Actor;
  let client: ScriptedConnection<unknown>;
  const oracle: Oracle = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Oracle)
    : { mailbox: [], agreed: {}, disputed: {} };

  beforeAll(async () => {
    stage = await openStage();
    actor = await stage.newActor();
    client = await actor.enter();
    for (const { path, flags, internaldate } of oracle.mailbox) {
      const octets = toMessage(readFileSync(join(vectors, path)));
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
