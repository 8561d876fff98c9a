import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AccountId, MailboxId } from '../../src/store/ids.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { verifyStore } from '../../src/store/verify/verify-store.ts';
import { startPostgresIfPossible } from '../servers/postgres.ts';
import { printIndex, type ProcessOptions, type Report, type Request } from './store-process.ts';

const server = await startPostgresIfPossible();
const script = join(import.meta.dirname, 'store-process.ts');

/** A process with a store. */
class Other {
  readonly #child: ChildProcess;

  static async start(options: ProcessOptions): Promise<Other> {
    const child = fork(script, [JSON.stringify(options)], { execArgv: ['--no-warnings'] });
    const other = new Other(child);
    await other.#answer();
    return other;
  }

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  async ask(request: Request): Promise<unknown> {
    const answer = this.#answer();
    this.#child.send(request);
    return answer;
  }

  async report(upTo: number): Promise<Report> {
    return (await this.ask({ do: 'report', upTo })) as Report;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async #answer(): Promise<unknown> {
    const ended = once(this.#child, 'exit').then(([code]) => {
      throw new Error(`the process ended with ${String(code)}`);
    });
    const answered = once(this.#child, 'message').then(([message]: unknown[]) => message);
    ended.catch(() => undefined);
    return Promise.race([answered, ended]);
  }
}

describe.skipIf(server === undefined)('two processes on one PostgreSQL', () => {
  let databaseUrl: string;
  let blobsUrl: string;
  let store: Store;
  let storeDir: string;
  let accountId: AccountId;
  let mailboxes: MailboxId[];
  const others: Other[] = [];

  beforeEach(async () => {
    databaseUrl = (await server?.createDatabase()) ?? '';
    blobsUrl = await mkdtemp(join(tmpdir(), 'posthorn-blobs-'));
    storeDir = await mkdtemp(join(tmpdir(), 'posthorn-two-'));
    store = await openStore({ dataDir: storeDir, databaseUrl, blobsUrl });
    const createAccounts = [{ name: 'ann', mailboxes: 'standard' }] as const;
    const edited = await store.editDirectory({
      baseVersion: 0,
      put: [],
      remove: [],
      createAccounts,
      removeAccounts: [],
    });
    accountId = (edited.ok ? edited.accountIds.get('ann') : undefined) ?? (0 as AccountId);
    mailboxes = (await store.listMailboxes(accountId))
      .filter(({ name }) => /INBOX|Archive/.test(name))
      .map(({ id }) => id);
  });
  afterEach(async () => {
    for (const other of others.splice(0)) other.kill();
    await store.close();
  });

  async function start(name: string): Promise<Other> {
    const dataDir = await mkdtemp(join(tmpdir(), 'posthorn-two-'));
    const [second, first] = mailboxes;
    if (first === undefined || second === undefined) throw new Error('no mailboxes');
    const other = await Other.start({ name, dataDir, databaseUrl, blobsUrl, accountId, first, second });
    others.push(other);
    return other;
  }

  async function sql(text: string): Promise<unknown[][]> {
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    try {
      return (await client.query<unknown[]>({ text, rowMode: 'array' })).rows;
    } finally {
      await client.end();
    }
  }

  /** As a restart of the database does, for all processes. */
  async function breakConnections(): Promise<void> {
    await sql(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
  }

  async function modseq(): Promise<number> {
    return Number((await sql('SELECT modseq FROM account'))[0]?.[0]);
  }

  /** What the database says, read anew. */
  async function truth(): Promise<Record<number, readonly string[]>> {
    const dataDir = await mkdtemp(join(tmpdir(), 'posthorn-two-'));
    const fresh = await openStore({ dataDir, databaseUrl, blobsUrl });
    const indexes: Record<number, readonly string[]> = {};
    for (const id of mailboxes) {
      const index = await fresh.openMailbox(accountId, id);
      if (index !== undefined) indexes[id] = printIndex(index);
    }
    await fresh.close();
    return indexes;
  }

  /** Every change from `since` on was heard once, in order, and the indexes are as the database is. */
  function expectAllHeard(
    report: Report,
    since: number,
    upTo: number,
    indexes: Record<number, readonly string[]>,
  ): void {
    expect(report.wrong).toEqual([]);
    const modseqs = report.heard.map((heard) => heard.modseq);
    const distinct = modseqs.filter((each, at) => each !== modseqs[at - 1]);
    expect(distinct).toEqual(Array.from({ length: upTo - since }, (_each, i) => since + 1 + i));
    const told = report.heard.map(
      (heard) => `${heard.modseq} ${heard.kind} ${heard.mailboxId} ${heard.uids.join(' ')}`,
    );
    expect(new Set(told).size).toBe(told.length);
    expect(report.indexes).toEqual(indexes);
    for (const id of mailboxes) {
      const uids = new Set<number>();
      for (const heard of report.heard.filter((each) => each.mailboxId === (id as number))) {
        if (heard.kind === 'added') for (const uid of heard.uids) uids.add(uid);
        if (heard.kind === 'expunged') for (const uid of heard.uids) uids.delete(uid);
      }
      expect([...uids].map(String)).toEqual((indexes[id] ?? []).map((line) => line.split(' ')[0]));
    }
  }

  test('a mailbox of an account that nobody here follows is heard of', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'posthorn-two-'));
    const second = await openStore({ dataDir, databaseUrl, blobsUrl });
    try {
      const [mailboxId] = mailboxes;
      if (mailboxId === undefined) throw new Error('no mailboxes');
      const heard = new Promise<unknown>((resolve) => {
        second.watchMailboxes((ownerId, { what, name, mailboxId: id }) => resolve({ ownerId, what, name, id }));
      });
      const { name } = (await store.findMailbox(accountId, mailboxId)) ?? { name: '' };
      const anyone = { identifier: 'anyone', granteeId: undefined, how: 'replace', rights: 'lr' } as const;
      expect(await store.setRights({ accountId, mailboxId, ...anyone })).toEqual({ ok: true });
      expect(await heard).toEqual({ ownerId: accountId, what: 'changed', name, id: mailboxId });
    } finally {
      await second.close();
    }
  });

  test('both work on the same mailboxes: each hears every change once, its own before the answer', async () => {
    const since = await modseq();
    const [one, two] = await Promise.all([start('one'), start('two')]);
    const work = { do: 'work', steps: 120, lanes: 3 } as const;
    await Promise.all([one.ask({ ...work, seed: 1 }), two.ask({ ...work, seed: 2 })]);
    const upTo = await modseq();
    const reports = await Promise.all([one.report(upTo), two.report(upTo)]);
    const indexes = await truth();
    for (const report of reports) {
      expectAllHeard(report, since, upTo, indexes);
      expect(report.answered).toBeGreaterThan(20);
      expect(new Set(report.heard.map(({ own }) => own))).toEqual(new Set([true, false]));
    }
    expect((await verifyStore({ dataDir: storeDir, databaseUrl, blobsUrl })).problems).toEqual([]);
  });

  test('one only watches, while all connections break again and again', async () => {
    const since = await modseq();
    const [one, two] = await Promise.all([start('one'), start('two')]);
    let working = true;
    const working1 = one.ask({ do: 'work', seed: 3, steps: 60, lanes: 2 }).finally(() => {
      working = false;
    });
    while (working) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      await breakConnections();
    }
    await working1;
    await two.ask({ do: 'work', seed: 4, steps: 3, lanes: 1 });
    const upTo = await modseq();
    const reports = await Promise.all([one.report(upTo), two.report(upTo)]);
    const indexes = await truth();
    for (const report of reports) expectAllHeard(report, since, upTo, indexes);
    expect((await verifyStore({ dataDir: storeDir, databaseUrl, blobsUrl })).problems).toEqual([]);
  });

  test('one is killed in the middle of its work; what it did not announce is found', async () => {
    const since = await modseq();
    const [one, two] = await Promise.all([start('one'), start('two')]);
    const [working1, working2] = [
      one.ask({ do: 'work', seed: 5, steps: 60, lanes: 2 }),
      two.ask({ do: 'work', seed: 6, steps: 100_000, lanes: 8 }),
    ];
    await working1;
    two.kill();
    await expect(working2).rejects.toThrow(/ended/);
    // Committed and never announced, whatever the moment of the kill left.
    await sql('UPDATE account SET modseq = modseq + 1');
    await sql(
      `INSERT INTO change_log SELECT id, modseq, 'dead', '[' || id || ',' || modseq || ',"dead:1",[["subscription","x",true]]]', ` +
        'extract(epoch FROM now()) * 1000 FROM account',
    );
    // A break makes it look at once, where it would after a quarter of a minute.
    await breakConnections();
    const upTo = await modseq();
    expectAllHeard(await one.report(upTo), since, upTo, await truth());
  });

  test('the directory, and an account that is removed, are heard in the other process', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'posthorn-two-'));
    const other = await openStore({ dataDir, databaseUrl, blobsUrl });
    const versions: number[] = [];
    other.watchDirectory((version) => versions.push(version));
    const kinds: string[] = [];
    other.watch(accountId, ({ kind }) => kinds.push(kind));
    const index = await other.openMailbox(accountId, mailboxes[0] as MailboxId);
    const { version } = await store.readDirectory();
    const edit = { baseVersion: version, put: [], remove: [], createAccounts: [], removeAccounts: ['ann'] };
    expect(await store.editDirectory(edit)).toMatchObject({ ok: true });
    while (versions.length === 0 || kinds.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(versions).toEqual([version + 1]);
    expect(kinds).toEqual(['account-removed']);
    expect(index?.gone).toBe(true);
    await other.close();
  });
});
