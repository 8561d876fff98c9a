import { mkdtemp } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { randomFrom } from '../../bench/corpus.ts';
import { foldForSearch } from '../../src/mime/fold-for-search.ts';
import { openStore } from '../../src/store/open-store.ts';
import { FuzzyNeedle, FuzzySearch } from '../../src/store/search/fuzzy-needle.ts';

const vocabulary =
  'meeting invoice invoiced delivery delivered Kaffeehaus Straßenbahn Übergabe configuration mailbox tomorrow quarterly report forwarded attachment receipt Привет документы'.split(
    ' ',
  );

const random = randomFrom(7);
const below = (count: number): number => Math.floor(random() * count);
const wordAt = (): string => vocabulary[below(vocabulary.length)] ?? '';

/** One letter is wrong, missing, too much, or swapped with the next. */
function misspell(word: string): string {
  const at = 1 + below(word.length - 1);
  const other = 'aeinrt'[below(6)] ?? 'a';
  switch (below(4)) {
    case 0:
      return word.slice(0, at) + other + word.slice(at + 1);
    case 1:
      return word.slice(0, at) + word.slice(at + 1);
    case 2:
      return word.slice(0, at) + other + word.slice(at);
    default:
      return word.slice(0, at) + word.charAt(at + 1) + word.charAt(at) + word.slice(at + 2);
  }
}

test('what is alike is found in all messages, whether the index has them or not', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'posthorn-fuzzy-'));
  const store = await openStore({ dataDir });
  const database = new DatabaseSync(join(dataDir, 'posthorn.db'), { readOnly: true });
  try {
    const edited = await store.editDirectory({
      ...{ baseVersion: 0, put: [], remove: [], removeAccounts: [] },
      createAccounts: [{ name: 'ann', mailboxes: 'standard' }],
    });
    const accountId = edited.ok ? edited.accountIds.get('ann') : undefined;
    const inbox = accountId && (await store.findMailbox(accountId, 'INBOX'));
    if (accountId === undefined || inbox === undefined) throw new Error('no account');
    const texts = Array.from({ length: 200 }, () => {
      const [subject, ...body] = Array.from({ length: 4 }, () => (random() < 0.3 ? misspell(wordAt()) : wordAt()));
      return { subject: subject ?? '', body: `${body.join(' ')}\r\n` };
    });
    for (const { subject, body } of texts) {
      const octets = Buffer.from(`Subject: ${subject}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${body}`);
      const target = { accountId, mailbox: inbox.id, flags: 0, keywords: [], receivedAtMs: 0, prefix: '' };
      await store.append({ message: { kind: 'octets', octets }, targets: [target] });
    }
    const uids = Uint32Array.from(texts, (_each, i) => i + 1);
    const check = async (): Promise<number> => {
      let found = 0;
      for (let round = 0; round < 150; round++) {
        const needle = [misspell(wordAt()), ...(random() < 0.3 ? [wordAt()] : [])].join(' ');
        for (const query of [
          { in: 'text', needle },
          { in: 'body', needle },
          { in: 'header', name: 'Subject', needle },
        ] as const) {
          const expected = texts.flatMap(({ subject, body }, i) => {
            const search = new FuzzySearch(new FuzzyNeedle(query));
            if (search.header(foldForSearch(`subject: ${subject}\ncontent-type: text/plain; charset=utf-8`))) {
              search.body(foldForSearch(body));
            }
            return search.score > 0 ? [[i + 1, search.score]] : [];
          });
          const ranked = await store.rankText({ accountId, mailboxId: inbox.id, uids, query });
          expect(
            Array.from(ranked.uids, (uid, i) => [uid, ranked.scores[i]]),
            needle,
          ).toEqual(expected);
          found += expected.length;
        }
      }
      return found;
    };
    expect(await check()).toBeGreaterThan(500);
    await vi.waitFor(
      () => {
        const [row] = database.prepare('SELECT count(*) AS pending FROM search_pending').all();
        expect(row?.['pending']).toBe(0);
      },
      { timeout: 60_000, interval: 50 },
    );
    expect(await check()).toBeGreaterThan(500);
  } finally {
    database.close();
    await store.close();
  }
}, 120_000);
