import { mkdtemp } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { foldForSearch } from '../../src/mime/fold-for-search.ts';
import { charsetTable, encodeCharset, type CharsetTable } from '../../src/mime/testing/encode-charset.ts';
import type { AccountId, MailboxId } from '../../src/store/ids.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/store.ts';

const charsets = (
  'utf-8 iso-8859-1 iso-8859-2 iso-8859-4 iso-8859-5 iso-8859-7 iso-8859-8 iso-8859-15 windows-1250 windows-1251 windows-1252 ' +
  'windows-1253 windows-1254 windows-1256 windows-1257 koi8-r koi8-u macintosh shift_jis euc-jp gbk gb18030 big5 euc-kr'
).split(' ');
const perCharset = 6;

interface Known {
  readonly charset: string;
  readonly subject: string;
  readonly body: string;
}

/** The same numbers for the same seed. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function textOf(table: CharsetTable, random: (below: number) => number, words: number): string {
  const chars =
    table.charset === 'utf-8' ? [...'äÖßéñçΣσςЖжİıǅ漢字かな한글ﬁ\u0301\u{1f600}'] : [...table.octets.keys()];
  const word = (): string =>
    Array.from({ length: 2 + random(5) }, () =>
      random(3) === 0 ? String.fromCharCode(97 + random(26)) : (chars[random(chars.length)] ?? 'x'),
    ).join('');
  return Array.from({ length: words }, word).join(' ');
}

/** One of six ways of writing the same text: plain or HTML with tags within words, 8bit, base64 or quoted-printable. */
function compose({ charset, subject, body }: Known, table: CharsetTable, way: number): Buffer {
  const isHtml = way % 2 === 1;
  const tagged = [...body].map((char, i) => (i % 5 === 3 ? `<b title="q&quot;zzz">${char}</b>` : char)).join('');
  const octets = encodeCharset(table, isHtml ? `<html><style>qzzz</style><p>${tagged}</p></html>` : body);
  const encoding = ['8bit', 'base64', 'quoted-printable'][Math.floor(way / 2) % 3] ?? '8bit';
  const quoted = (): string =>
    Array.from(octets, (octet) => `=${octet.toString(16).toUpperCase().padStart(2, '0')}`)
      .join('')
      .replaceAll(/(?:=..){24}/g, '$&=\r\n');
  const text =
    encoding === '8bit' ? octets.toString('latin1') : encoding === 'base64' ? octets.toString('base64') : quoted();
  const word = `=?${charset}?B?${encodeCharset(table, subject).toString('base64')}?=`;
  return Buffer.from(
    `From: Ann <ann@example.org>\r\nSubject: ${word}\r\nMIME-Version: 1.0\r\n` +
      `Content-Type: text/${isHtml ? 'html' : 'plain'}; charset=${charset}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${text}\r\n`,
    'latin1',
  );
}

let store: Store;
let accountId: AccountId;
let mailboxId: MailboxId;
const known: Known[] = [];
let database: DatabaseSync;

beforeAll(async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'posthorn-charsets-'));
  store = await openStore({ dataDir });
  const account = { name: 'ann', mailboxes: 'standard' } as const;
  const edited = await store.editDirectory({
    ...{ baseVersion: 0, put: [], remove: [], createAccounts: [account], removeAccounts: [] },
  });
  const id = edited.ok ? edited.accountIds.get('ann') : undefined;
  if (id === undefined) throw new Error('no account');
  accountId = id;
  const inbox = await store.findMailbox(accountId, 'INBOX');
  if (inbox === undefined) throw new Error('no INBOX');
  mailboxId = inbox.id;
  database = new DatabaseSync(join(dataDir, 'posthorn.db'), { readOnly: true });
  for (const [i, charset] of charsets.entries()) {
    const table = charset === 'utf-8' ? { charset, octets: new Map<string, Buffer>() } : charsetTable(charset);
    const random = numbersFrom(i + 1);
    for (let way = 0; way < perCharset; way++) {
      const message = { charset, subject: textOf(table, random, 3), body: `${textOf(table, random, 12)} end` };
      known.push(message);
      const target = { accountId, mailbox: mailboxId, flags: 0, keywords: [], receivedAtMs: 0, prefix: '' };
      await store.append({ message: { kind: 'octets', octets: compose(message, table, way) }, targets: [target] });
    }
  }
}, 60_000);
afterAll(async () => {
  database.close();
  await store.close();
});

const waiting = (): number =>
  Number(Object.values(database.prepare('SELECT count(*) FROM search_pending').get() ?? {})[0]);

/** A piece of a text that is there, in another case; or one that is nowhere. */
const needles = fc.tuple(
  fc.nat(),
  fc.boolean(),
  fc.nat(),
  fc.integer({ min: 1, max: 8 }),
  fc.constantFrom('as is', 'upper', 'lower'),
);

async function check(numRuns: number): Promise<void> {
  const uids = Uint32Array.from(known, (_each, i) => i + 1);
  await fc.assert(
    fc.asyncProperty(needles, async ([which, inSubject, from, length, how]) => {
      const message = known[which % known.length];
      const text = [...((inSubject ? message?.subject : message?.body) ?? '')];
      const start = from % text.length;
      const piece = text.slice(start, start + length).join('');
      const needle = how === 'upper' ? piece.toUpperCase() : how === 'lower' ? piece.toLowerCase() : piece;
      const folded = foldForSearch(needle);
      // What has only ASCII may be in other fields and in the names of fields.
      fc.pre(/[^\0-\x7f]/.test(folded));
      const where = (pick: (each: Known) => string): number[] =>
        known.flatMap((each, i) => (foldForSearch(pick(each)).includes(folded) ? [i + 1] : []));
      const find = async (query: Parameters<Store['matchText']>[0]['query']): Promise<number[]> => [
        ...(await store.matchText({ accountId, mailboxId, uids, query })),
      ];
      expect(await find({ in: 'body', needle })).toEqual(where(({ body }) => body));
      expect(await find({ in: 'header', name: 'subject', needle })).toEqual(where(({ subject }) => subject));
      const both = new Set([...where(({ body }) => body), ...where(({ subject }) => `Subject: ${subject}`)]);
      expect(await find({ in: 'text', needle })).toEqual([...both].sort((a, b) => a - b));
    }),
    { numRuns },
  );
}

test('what is there is found in every charset, before the index has it and after', async () => {
  await check(150);
  for (let i = 0; i < 300 && waiting() > 0; i++) await new Promise((resolve) => setTimeout(resolve, 100));
  expect(waiting()).toBe(0);
  await check(300);
  // Neither tags nor their attributes nor styles are text.
  const uids = Uint32Array.from(known, (_each, i) => i + 1);
  expect([...(await store.matchText({ accountId, mailboxId, uids, query: { in: 'text', needle: 'qzzz' } }))]).toEqual(
    [],
  );
}, 120_000);
