import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

/** A real PostgreSQL server for tests, on a loopback port of its own. */
export interface PostgresServer {
  /** Its maintenance database, as superuser. */
  readonly url: string;
  /** Creates an empty database and returns its URL, as superuser. */
  createDatabase(): Promise<string>;
  /** Drops the databases that were created through this object. The server itself stops when the test run ends. */
  stop(): Promise<void>;
}

/**
 * The server of this test run: the first call starts it, all others share it, also in other threads.
 * @throws Error that names everything that was tried, where no PostgreSQL can be started.
 */
export async function startPostgres(): Promise<PostgresServer> {
  const url = await startShared();
  const created: string[] = [];
  return {
    url,
    async createDatabase() {
      const name = `test_${randomBytes(6).toString('hex')}`;
      await run(url, `CREATE DATABASE ${name} TEMPLATE template0`);
      created.push(name);
      return Object.assign(new URL(url), { pathname: `/${name}` }).href;
    },
    async stop() {
      for (const name of created.splice(0)) await run(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

/**
 * For test files: like `startPostgres`, but where none can be started, prints one line and gives undefined, so that the
 * tests can be skipped. With CI=true it throws: there nothing may be skipped.
 */
export async function startPostgresIfPossible(): Promise<PostgresServer | undefined> {
  try {
    return await startPostgres();
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    const reason = error instanceof Error ? error.message.replaceAll(/\s+/g, ' ') : String(error);
    process.stderr.write(`SKIPPED: tests on PostgreSQL, as no server can be started here. ${reason}\n`);
    return undefined;
  }
}

/** All threads of a test run share the process id, so its folder is where they meet; whoever creates it starts the server. */
async function startShared(): Promise<string> {
  const folder = join(tmpdir(), `posthorn-postgres-${process.pid}`);
  for (let waited = 0; waited < 60_000; waited += 20) {
    if (createdFolder(folder)) startGuard(folder);
    const failed = readFacts(join(folder, 'failed.json'));
    if (failed !== undefined) throw new Error(`PostgreSQL cannot be started for tests.\n${String(failed['reason'])}`);
    const ready = readFacts(join(folder, 'ready.json'));
    if (ready !== undefined) {
      if (isAlive(Number(ready['guard']))) {
        return `postgres://test:${readFileSync(join(folder, 'secret'), 'utf8')}@127.0.0.1:${String(ready['port'])}/postgres`;
      }
      // Left by a process that had our id before.
      rmSync(folder, { recursive: true, force: true });
    }
    await sleep(20);
  }
  throw new Error(`PostgreSQL did not start for tests within a minute; see ${folder}`);
}

function createdFolder(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o755 });
    return true;
  } catch {
    // Also when the temporary folder is not writable: then the wait ends with an error that names it.
    return false;
  }
}

function startGuard(folder: string): void {
  writeFileSync(join(folder, 'secret'), randomBytes(12).toString('hex'), { mode: 0o600 });
  const guard = fileURLToPath(new URL('postgres-guard.ts', import.meta.url));
  // Same process group as we: whoever kills the group kills the server too.
  const child = spawn(process.execPath, ['--no-warnings', guard, folder, String(process.pid)], { stdio: 'ignore' });
  const tell = (reason: string) => {
    if (existsSync(folder)) writeFileSync(join(folder, 'failed.json'), JSON.stringify({ reason }));
  };
  child.once('error', (error) => tell(error.message));
  child.once('exit', (code, signal) => tell(`its guard ended with ${code ?? signal}`));
  child.unref();
}

function readFacts(path: string): Record<string, unknown> | undefined {
  if (!existsSync(path)) return undefined;
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>; // Our own file.
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
