/**
 * Substring search against the plainest way to do it: all text of each message, decoded and folded in one piece. With odd
 * mail that the authors did not write, before the index has it and after.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { extractText } from '../../src/mime/extract-text.ts';
import { foldForSearch } from '../../src/mime/fold-for-search.ts';
import { scanMessage } from '../../src/mime/scan-message.ts';
import type { AccountId, MailboxId } from '../../src/store/ids.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import type { TextQuery } from '../../src/store/text-query.ts';
import { describeWithVectors, readVectors } from '../e2e/harness/vectors.ts';

const maxMessages = 300;
const maxBytes = 100_000;
const fields = ['subject', 'from', 'to', 'cc', 'bcc', 'received', 'content-type', 'x-mailer', 'message-id', 'date'];

/** What a message says, folded as a whole. */
interface Known {
  readonly headers: string;
  readonly body: string;
}

async function read(octets: Buffer): Promise<Known> {
  let headers = '';
  const pieces: string[] = [];
  await extractText((start, end) => octets.subarray(start, end), scanMessage(octets), {
    headers: (text) => {
      headers = text;
      return true;
    },
    body: (piece) => pieces.push(piece) > 0,
  });
  return { headers: foldForSearch(headers), body: foldForSearch(pieces.join('')) };
}

function matches({ headers, body }: Known, query: TextQuery): boolean {
  const needle = foldForSearch(query.needle);
  if (query.in === 'body') return body.includes(needle);
  if (query.in === 'text') return headers.includes(needle) || body.includes(needle);
  const start = `${query.name}:`;
  return headers.split('\n').some((line) => line.startsWith(start) && line.slice(start.length + 1).includes(needle));
}

describeWithVectors('searches of odd mail', () => {
  let dataDir: string;
  let store: Store;
  let accountId: AccountId;
  let mailboxId: MailboxId;
  let database: DatabaseSync;
  const known: Known[] = [];
  const names: string[] = [];

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'posthorn-search-'));
    store = await openStore({ dataDir });
    const account = { name: 'ann', mailboxes: 'standard' } as const;
    const edited = await store.editDirectory({
      ...{ baseVersion: 0, put: [], remove: [], createAccounts: [account], removeAccounts: [] },
    });
    const id = edited.ok ? edited.accountIds.get('ann') : undefined;
    const inbox = id && (await store.findMailbox(id, 'INBOX'));
    if (id === undefined || inbox === undefined) throw new Error('no account');
    [accountId, mailboxId] = [id, inbox.id];
    database = new DatabaseSync(join(dataDir, 'posthorn.db'), { readOnly: true });
    const vectors = readVectors().filter(({ octets }) => octets.length < maxBytes);
    const step = Math.max(1, Math.floor(vectors.length / maxMessages));
    const target = { accountId, mailbox: mailboxId, flags: 0, keywords: [], receivedAtMs: 0, prefix: '' };
    for (const [i, { name, octets }] of vectors.entries()) {
      // All of the odd ones, some of the others.
      if (!name.startsWith('odd-mail') && !name.startsWith('mime4j') && i % step !== 0) continue;
      names.push(name);
      known.push(await read(octets));
      await store.append({ message: { kind: 'octets', octets }, targets: [target] });
    }
  }, 120_000);
  afterAll(async () => {
    database.close();
    await store.close();
    await rm(dataDir, { recursive: true });
  });

  /** A piece of what some message says, in any case, or of two messages put together. */
  const needles = fc
    .record({
      which: fc.nat(),
      other: fc.nat(),
      where: fc.constantFrom('headers' as const, 'body' as const),
      from: fc.nat(),
      length: fc.integer({ min: 1, max: 14 }),
      how: fc.constantFrom('as is', 'upper', 'composed', 'mixed'),
    })
    .map(({ which, other, where, from, length, how }) => {
      const text = known[which % known.length]?.[where] ?? '';
      const start = from % Math.max(1, text.length);
      const piece = text.slice(start, start + length).toWellFormed();
      if (how === 'upper') return piece.toUpperCase();
      if (how === 'composed') return piece.normalize('NFC');
      if (how === 'mixed') return piece + (known[other % known.length]?.[where] ?? '').slice(0, 2);
      return piece;
    });
  const queries: fc.Arbitrary<TextQuery> = fc.oneof(
    needles.map((needle): TextQuery => ({ in: 'body', needle })),
    needles.map((needle): TextQuery => ({ in: 'text', needle })),
    fc
      .record({ name: fc.constantFrom(...fields), needle: needles })
      .map((each): TextQuery => ({ in: 'header', ...each })),
  );

  const waiting = (): number =>
    Number(Object.values(database.prepare('SELECT count(*) FROM search_pending').get() ?? {})[0]);

  async function check(numRuns: number): Promise<void> {
    const uids = Uint32Array.from(known, (_each, i) => i + 1);
    await fc.assert(
      fc.asyncProperty(queries, async (query) => {
        const found = await store.matchText({ accountId, mailboxId, uids, query });
        const want = known.flatMap((each, i) => (matches(each, query) ? [names[i]] : []));
        expect(Array.from(found, (uid) => names[uid - 1])).toEqual(want);
      }),
      { numRuns },
    );
  }

  test('the same is found by looking at everything, without the index and with it', async () => {
    expect(known.length).toBeGreaterThan(300);
    await check(40);
    for (let i = 0; i < 600 && waiting() > 0; i++) await new Promise((resolve) => setTimeout(resolve, 100));
    expect(waiting()).toBe(0);
    await check(160);
  }, 240_000);
});
