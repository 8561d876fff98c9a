import { cp, mkdtemp, rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startPostgresIfPossible } from '../../../test/servers/postgres.ts';
import { flagBits } from '../flags.ts';
import type { AccountId } from '../ids.ts';
import { openStore } from '../open-store.ts';
import { newOutgoing } from '../queue/test-outgoing.ts';
import type { StoreOptions } from '../store-options.ts';
import type { AppendTarget } from '../append-target.ts';
import { packThreadFacts } from '../thread-facts.ts';
import type { ProblemRule } from './problem.ts';
import { repairStore } from './repair-store.ts';
import { verifyStore } from './verify-store.ts';

/** Damage done behind the store's back, the rule that must notice it, and whether repair can mend it. */
const damages: readonly (readonly [sql: string, rule: ProblemRule, mended: boolean])[] = [
  ["UPDATE mailbox SET total = total + 1 WHERE name = 'INBOX'", 'counts', true],
  ["UPDATE mailbox SET unseen = 0 WHERE name = 'INBOX'", 'counts', true],
  ['UPDATE entry SET flags = flags | 8 WHERE uid = 2', 'counts', true],
  ["UPDATE mailbox SET size_bytes = size_bytes - 1 WHERE name = 'INBOX'", 'counts', true],
  ["UPDATE mailbox SET uid_next = 2 WHERE name = 'INBOX'", 'uid', true],
  ['UPDATE mailbox SET uid_validity = uid_validity + 100', 'uid', true],
  [
    'INSERT INTO tombstone SELECT mailbox_id, uid, email_id, modseq, saved_at, size_bytes, received_at FROM entry WHERE uid = 2',
    'uid',
    true,
  ],
  ['UPDATE mailbox SET highest_modseq = 1', 'modseq', true],
  ['UPDATE account SET modseq = 1', 'modseq', true],
  ['UPDATE account SET used_bytes = 5', 'quota', true],
  ['UPDATE account SET emails = 77', 'quota', true],
  ['UPDATE email SET size_bytes = size_bytes + 3', 'size', true],
  ['UPDATE entry SET size_bytes = size_bytes + 3 WHERE uid = 2', 'size', true],
  ['DELETE FROM orphan', 'orphan', true],
  ['INSERT INTO orphan SELECT email_id, 1, 0 FROM entry WHERE uid = 2', 'orphan', true],
  ["UPDATE email SET usual_fields = 'To: x' WHERE id = 2", 'usual-fields', true],
  ['UPDATE email SET threading = substr(threading, 1, 12)', 'threading', true],
  ['UPDATE email SET threading = (SELECT m.threading FROM email m WHERE m.id = 2) WHERE id = 1', 'threading', true],
  ['DELETE FROM search_pending; DELETE FROM search_block', 'search-index', true],
  ['DELETE FROM email WHERE id = (SELECT email_id FROM entry WHERE uid = 2)', 'reference', false],
  ['DELETE FROM blob WHERE id = (SELECT max(blob_id) FROM email)', 'reference', false],
  ['DELETE FROM outgoing_message', 'reference', false],
  ['DELETE FROM outgoing_entry', 'reference', true],
  ['DELETE FROM blob WHERE id = (SELECT max(blob_id) FROM outgoing_message)', 'reference', false],
  ['UPDATE blob SET octets = substr(octets, 1, 10) WHERE id = 1', 'blob-hash', false],
];

/** A kind of database, and how to get at one past the store. */
interface Backend {
  create(): Promise<StoreOptions>;
  copy(pristine: StoreOptions): Promise<StoreOptions>;
  damage(options: StoreOptions, sql: string): Promise<void>;
}

async function newFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'posthorn-verify-'));
}

const sqlite: Backend = {
  create: async () => ({ dataDir: await newFolder() }),
  async copy(pristine) {
    const dataDir = await newFolder();
    await cp(pristine.dataDir, dataDir, { recursive: true });
    return { dataDir };
  },
  damage({ dataDir }, sql) {
    const database = new DatabaseSync(join(dataDir, 'posthorn.db'));
    // What waits for the index is known by a number there.
    database.exec(sql.replace('DELETE FROM search_pending', "UPDATE counter SET value = 1000 WHERE name = 'indexed'"));
    database.close();
    return Promise.resolve();
  },
};

const server = await startPostgresIfPossible();
let copies = 0;

async function runSql(url: string | undefined, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

const postgres: Backend = {
  async create() {
    const databaseUrl = await server?.createDatabase();
    if (databaseUrl === undefined) throw new Error('no server');
    return { dataDir: await newFolder(), databaseUrl };
  },
  async copy(pristine) {
    const url = new URL(pristine.databaseUrl ?? '');
    const from = url.pathname.slice(1);
    copies += 1;
    url.pathname = `${from}_${copies}`;
    await runSql(server?.url, `CREATE DATABASE ${from}_${copies} TEMPLATE ${from}`);
    return { dataDir: await newFolder(), databaseUrl: url.href };
  },
  damage: ({ databaseUrl }, sql) => runSql(databaseUrl, sql),
};

async function fill(options: StoreOptions): Promise<void> {
  const store = await openStore(options);
  const account = { name: 'ann', mailboxes: 'standard' } as const;
  const edit = { baseVersion: 0, put: [], remove: [], createAccounts: [account], removeAccounts: [] };
  const edited = await store.editDirectory(edit);
  const accountId = (edited.ok ? edited.accountIds.get('ann') : undefined) ?? (0 as AccountId);
  for (let i = 0; i < 4; i += 1) {
    const octets = new TextEncoder().encode(`Subject: m${i}\r\n\r\n${'some text '.repeat(30)}\r\n`);
    await store.append({ message: { kind: 'octets', octets }, targets: [target(accountId, 'X: y\r\n')] });
  }
  const inbox = await store.findMailbox(accountId, 'INBOX');
  if (inbox === undefined) throw new Error('no INBOX');
  const at = { accountId, mailboxId: inbox.id };
  await store.setFlags({ ...at, uids: [[1, 1]], how: 'add', flags: flagBits['\\Seen'], keywords: [] });
  await store.expunge({ ...at, uids: [[3, 3]], onlyDeleted: false });
  await store.outgoing.enqueue([newOutgoing('leaves', ['bob@one.example', 'cat@two.example'])]);
  await store.close();
}

function target(accountId: AccountId, prefix = ''): AppendTarget {
  const mailbox = { name: 'INBOX', orInbox: false };
  return { accountId, mailbox, flags: 0, keywords: [], receivedAtMs: 0, prefix };
}

describe.each([
  { name: 'SQLite', backend: sqlite, skip: false },
  { name: 'PostgreSQL', backend: postgres, skip: server === undefined },
])('verify and repair on $name', ({ backend, skip }) => {
  let pristine: StoreOptions;
  let options: StoreOptions;

  beforeAll(async () => {
    if (skip) return;
    pristine = await backend.create();
    await fill(pristine);
  });
  beforeEach(async () => {
    if (!skip) options = await backend.copy(pristine);
  });

  test.skipIf(skip)('a store that nobody touched has no problems', async () => {
    expect(await verifyStore(options)).toEqual({ problems: [], accounts: 1, mailboxes: 6, messages: 3, blobs: 5 });
  });

  test.skipIf(skip).each(damages)('%s', async (sql, rule, mended) => {
    await backend.damage(options, sql);
    const { before, after } = await repairStore(options);
    expect(before.problems.map((problem) => problem.rule)).toContain(rule);
    expect(after.problems.some((problem) => problem.rule === rule)).toBe(!mended);
  });

  test.skipIf(skip)('what THREAD goes by is made for rows from before the column was there', async () => {
    await backend.damage(options, 'UPDATE email SET threading = NULL WHERE id < 3');
    const { problems } = await verifyStore(options);
    expect(problems).toEqual([]);
    const store = await openStore(options);
    const { accountIds } = await store.readDirectory();
    const accountId = accountIds.get('ann') ?? (0 as AccountId);
    const mailbox = await store.findMailbox(accountId, 'INBOX');
    if (mailbox === undefined) throw new Error('no INBOX');
    const selection = { accountId, mailboxId: mailbox.id, uids: [[1, 9]] as const, withExpunged: false };
    const found: string[] = [];
    for await (const rows of store.readEmails(selection, { threading: true }))
      found.push(...rows.map(({ threading }) => Buffer.from(threading).toString('hex')));
    const names = ['M0', 'M1', 'M3'].map((subject) => ({ id: undefined, references: [], subject, isReply: false }));
    expect(found).toEqual(names.map((each) => Buffer.from(packThreadFacts(each)).toString('hex')));
    await store.close();
    // It was written down: no row is without it.
    await backend.damage(options, 'DELETE FROM email WHERE threading IS NULL');
    expect((await verifyStore(options)).problems).toEqual([]);
  });

  test.skipIf(skip)('a blob that is missing in the blob store is reported', async () => {
    const store = await openStore(options);
    const { accountIds } = await store.readDirectory();
    const accountId = accountIds.get('ann') ?? (0 as AccountId);
    const spool = store.newSpool({ maxBytes: 10_000_000 });
    for (let i = 0; i < 10; i += 1) await spool.write(new Uint8Array(100_000).fill(65 + i));
    await store.append({ message: await spool.finish(), targets: [target(accountId)] });
    await store.close();
    expect((await verifyStore(options)).problems).toEqual([]);
    await rm(join(options.dataDir, 'blobs'), { recursive: true });
    const { problems } = await verifyStore(options);
    expect(problems.map((problem) => problem.rule)).toEqual(['blob-missing']);
  });
});
