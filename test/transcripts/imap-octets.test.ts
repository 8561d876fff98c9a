import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Actor, type Stage } from './imap-stage.ts';
import type { ScriptedConnection } from './scripted-connection.ts';

/** The octets of the one literal in an answer. */
function literalOf(said: string): Buffer {
  const mark = /~?\{(\d+)\}\r\n/.exec(said);
  if (mark === null) throw new Error(`no literal: ${said.slice(0, 200)}`);
  const start = mark.index + mark[0].length;
  return Buffer.from(said.slice(start, start + Number(mark[1])), 'latin1');
}

const digest = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');

async function append(client: ScriptedConnection<unknown>, octets: Buffer): Promise<string> {
  const head = Buffer.from(`a APPEND INBOX ~{${octets.length}+}\r\n`);
  return client.send(Buffer.concat([head, octets, Buffer.from('\r\n')]));
}

describe('what was appended is fetched octet for octet', () => {
  let stage: Stage;
  let actor: Actor;
  let client: ScriptedConnection<unknown>;
  beforeAll(async () => {
    stage = await openStage();
    actor = await stage.newActor();
    client = await actor.enter('c1', 10_000);
  });
  afterAll(async () => {
    client.end();
    await stage.close();
  });

  test('a large message, whole and in ranges, encoded and decoded', async () => {
    const content = randomBytes(2_000_000);
    const base64 = content.toString('base64').replaceAll(/.{76}/g, '$&\r\n');
    const header =
      'Subject: large\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n';
    const octets = Buffer.from(`${header}${base64}\r\n`);
    expect(await append(client, octets)).toMatch(/OK \[APPENDUID/);
    await client.send('s SELECT INBOX\r\n');
    expect(digest(literalOf(await client.send('b FETCH * BODY.PEEK[]\r\n')))).toBe(digest(octets));
    for (const [offset, count] of [
      [0, 10],
      [header.length - 5, 10],
      [131_070, 5],
      [100_000, 300_000],
      [octets.length - 7, 100],
    ] as const) {
      const part = literalOf(await client.send(`c FETCH * BODY.PEEK[]<${offset}.${count}>\r\n`));
      expect(digest(part)).toBe(digest(octets.subarray(offset, offset + count)));
    }
    expect(await client.send('d FETCH * BINARY.SIZE[1]\r\n')).toContain(`BINARY.SIZE[1] ${content.length})`);
    expect(digest(literalOf(await client.send('e FETCH * BINARY.PEEK[1]\r\n')))).toBe(digest(content));
    const range = literalOf(await client.send('f FETCH * BINARY.PEEK[1]<999999.500>\r\n'));
    expect(digest(range)).toBe(digest(content.subarray(999_999, 1_000_499)));
    expect(literalOf(await client.send('g FETCH * BODY.PEEK[HEADER.FIELDS (SUBJECT)]\r\n')).toString()).toBe(
      'Subject: large\r\n\r\n',
    );
  });

  test('octets of every value, no line end at the end, lines that look like an end', async () => {
    for (const octets of [
      Buffer.from(Array.from({ length: 256 }, (_each, i) => i)),
      Buffer.from('a: b\n\nbare lf\rbare cr\n.\r\n..\r\n)\r\na OK\r\n{3+}'),
      Buffer.from('x'),
      Buffer.from('\r\n'),
    ]) {
      expect(await append(client, octets)).toMatch(/OK \[APPENDUID/);
      await client.send('n NOOP\r\n');
      expect(literalOf(await client.send('b FETCH * BINARY.PEEK[]\r\n')).equals(octets)).toBe(true);
      const sent = literalOf(await client.send('b FETCH * BODY.PEEK[]\r\n'));
      expect(sent.equals(withoutNul(octets))).toBe(true);
    }
  });

  const vectors = join(import.meta.dirname, '../../../shared/vectors');
  test.skipIf(!existsSync(vectors))(
    'messages of the shared vectors (skipped without ../shared/vectors)',
    async () => {
      let count = 0;
      for (const path of messagesIn(vectors, 150)) {
        const octets = readFileSync(path);
        const appended = await append(client, octets);
        expect([path, appended]).toEqual([path, expect.stringMatching(/OK \[APPENDUID/)]);
        await client.send('n NOOP\r\n');
        const said = await client.send('b FETCH * (RFC822.SIZE BODY.PEEK[])\r\n');
        expect([path, digest(literalOf(said))]).toEqual([path, digest(withoutNul(octets))]);
        expect(said).toContain(`RFC822.SIZE ${octets.length} `);
        const parts = [
          await client.send('c FETCH * BODY.PEEK[HEADER]\r\n'),
          await client.send('d FETCH * BODY.PEEK[TEXT]\r\n'),
        ];
        expect([path, digest(Buffer.concat(parts.map(literalOf)))]).toEqual([path, digest(withoutNul(octets))]);
        count++;
      }
      expect(count).toBeGreaterThan(20);
    },
    60_000,
  );
});

/** As a literal can have it. */
function withoutNul(octets: Uint8Array): Uint8Array {
  return octets.map((octet) => (octet === 0 ? 0x80 : octet));
}

/** Some message files, from all folders. */
function messagesIn(folder: string, max: number): string[] {
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.eml'))
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).size > 0 && statSync(path).size < 1_000_000)
    .sort();
  const step = Math.max(1, Math.floor(found.length / max));
  return found.filter((_path, i) => i % step === 0);
}
