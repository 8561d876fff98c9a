import { join } from 'node:path';
import { openBlobStore } from '../blobs/open-blob-store.ts';
import { newestMigration } from '../migrations/migrations.ts';
import { first, query, type Operation } from '../sql/statement.ts';
import { PostgresDriver } from '../postgres/postgres-driver.ts';
import { SqliteConnection } from '../sqlite/sqlite-connection.ts';
import { DatabaseTooNew } from '../migrations/migrate.ts';
import { blobPlace } from '../blob-place.ts';
import type { StoreOptions } from '../store-options.ts';
import { decodeBlock } from '../search/signature-block.ts';
import { checkBlobs, type Reader } from './check-blobs.ts';
import { checkTables } from './check-tables.ts';
import type { Problem } from './problem.ts';

export interface VerifyReport {
  readonly problems: readonly Problem[];
  readonly accounts: number;
  readonly mailboxes: number;
  readonly messages: number;
  readonly blobs: number;
}

/** A check of a large database takes its time. */
const longestCheckMs = 6 * 60 * 60_000;

/** Checks every invariant of the store, also beside a running server. Changes nothing. */
export async function verifyStore(options: StoreOptions): Promise<VerifyReport> {
  const { reader, check, close } = await openReader(options);
  try {
    const problems: Problem[] = [...check()];
    const version = await reader.read(first('SELECT max(version) FROM schema_version'));
    if (Number(version?.[0]) > newestMigration) throw new DatabaseTooNew(Number(version?.[0]));
    problems.push(...(await reader.read(checkTables())), ...(await reader.read(checkSearch())));
    const blobs = openBlobStore(blobPlace(options));
    for await (const problem of checkBlobs(reader, blobs)) problems.push(problem);
    return { problems, ...(await reader.read(countAll())) };
  } finally {
    await close();
  }
}

interface OpenReader {
  readonly reader: Reader;
  /** What the database says of itself; PostgreSQL says nothing. */
  readonly check: () => readonly Problem[];
  readonly close: () => Promise<void>;
}

function openReader(options: StoreOptions): Promise<OpenReader> {
  return options.databaseUrl === undefined
    ? Promise.resolve(openSqlite(join(options.dataDir, 'posthorn.db')))
    : openPostgres(options.databaseUrl);
}

function openSqlite(path: string): OpenReader {
  const connection = new SqliteConnection(path, { readOnly: true, cacheKiB: 16 * 1024 });
  const reader: Reader = { read: (operation) => Promise.resolve(connection.read(operation)) };
  return {
    reader,
    check() {
      const answer = connection.pragma('quick_check(10)');
      return answer === 'ok' ? [] : [{ rule: 'database', where: 'posthorn.db', found: answer, repairable: false }];
    },
    close() {
      connection.close();
      return Promise.resolve();
    },
  };
}

async function openPostgres(url: string): Promise<OpenReader> {
  const driver = await PostgresDriver.open({ url, maxConnections: 1, statementTimeoutMs: longestCheckMs });
  return { reader: driver, check: () => [], close: () => driver.close() };
}

/** Every live email is in a block of its account's index or waits for it. */
function* checkSearch(): Operation<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const [accountId] of yield* query('SELECT id FROM account')) {
    const id = Number(accountId);
    const covered = new Set<number>();
    for (const [octets] of yield* query('SELECT octets FROM search_block WHERE account_id = ?', id)) {
      if (octets instanceof Uint8Array) for (const message of decodeBlock(octets)) covered.add(message.id);
    }
    for (const [email] of yield* query('SELECT email_id FROM search_pending WHERE account_id = ?', id))
      covered.add(Number(email));
    const live = yield* query(
      'SELECT m.id FROM email m WHERE m.account_id = ? AND EXISTS (SELECT 1 FROM entry e WHERE e.email_id = m.id)',
      id,
    );
    const missing = live.filter((row) => !covered.has(Number(row[0])));
    if (missing.length === 0) continue;
    const found = `${missing.length} messages are missing in the text index, the first is email ${String(missing[0]?.[0])}`;
    problems.push({ rule: 'search-index', where: `account ${id}`, found, repairable: true });
  }
  return problems;
}

function* countAll(): Operation<Omit<VerifyReport, 'problems'>> {
  const row = yield* first(
    'SELECT (SELECT count(*) FROM account), (SELECT count(*) FROM mailbox), (SELECT count(*) FROM entry), (SELECT count(*) FROM blob)',
  );
  const [accounts, mailboxes, messages, blobs] = (row ?? []).map(Number);
  return { accounts: accounts ?? 0, mailboxes: mailboxes ?? 0, messages: messages ?? 0, blobs: blobs ?? 0 };
}
