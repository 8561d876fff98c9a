/**
 * The process between a test run and its PostgreSQL server. It starts the server, tells its port through a file, and
 * stops it and removes everything as soon as the test run is gone, however that ended.
 */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chownSync, closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findOwner, findPostgresPrograms } from './postgres-programs.ts';
import type { Owner } from './postgres-programs.ts';

const [folder = '', parent = ''] = process.argv.slice(2);
const password = readFileSync(join(folder, 'secret'), 'utf8');
const data = join(folder, 'data');
const environment = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };

/** Nothing is kept, so nothing needs to reach the disk. The server need not know that the driver asks for durability. */
const settings = [
  'fsync=off',
  'full_page_writes=off',
  'shared_buffers=32MB',
  'max_connections=200',
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_wal_size=256MB',
  'jit=off',
];

let server: ChildProcess | undefined;
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void finish(0));

try {
  const port = await startAny();
  tell('ready.json', { port, guard: process.pid });
} catch (error) {
  tell('failed.json', { reason: error instanceof Error ? error.message : String(error) });
  // The folder stays until the test run ends, so that whoever asks later hears the reason too.
}
while (process.ppid === Number(parent)) await sleep(100);
await finish(0);

/** Puts a file there at once: readers see all of it or nothing. */
function tell(name: string, facts: object): void {
  writeFileSync(join(folder, `${name}.new`), JSON.stringify(facts), { mode: 0o600 });
  renameSync(join(folder, `${name}.new`), join(folder, name));
}

async function startAny(): Promise<number> {
  const owner = findOwner();
  const complaints: string[] = [];
  for (const programs of findPostgresPrograms()) {
    try {
      const bin = programs.prepare(owner, join(folder, 'programs'));
      initialize(bin, owner);
      return await start(bin, owner);
    } catch (error) {
      complaints.push(`${programs.name}: ${error instanceof Error ? error.message : String(error)}`);
      rmSync(data, { recursive: true, force: true });
    }
  }
  throw new Error(complaints.join('\n'));
}

/** A collation that is not the order of octets shows queries that rely on it; not every build can. */
function initialize(bin: string, owner: Owner | undefined): void {
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (owner !== undefined) chownSync(passwordFile, owner.uid, owner.gid);
  const common = [
    `--pgdata=${data}`,
    '--username=test',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--no-sync',
  ];
  for (const locale of [['--locale-provider=icu', '--icu-locale=en-US'], []]) {
    rmSync(data, { recursive: true, force: true });
    mkdirSync(data, { mode: 0o700 });
    if (owner !== undefined) chownSync(data, owner.uid, owner.gid);
    const made = spawnSync(join(bin, 'initdb'), [...common, '--encoding=UTF8', '--locale=C', ...locale], {
      ...owner,
      cwd: data,
      env: environment,
      encoding: 'utf8',
    });
    if (made.status === 0) return;
    if (locale.length === 0) throw new Error(`initdb failed: ${made.error?.message ?? made.stderr.trim()}`);
  }
}

async function start(bin: string, owner: Owner | undefined): Promise<number> {
  // Another process may take the port in between: then try another one.
  for (let attempt = 1; ; attempt++) {
    const port = await findFreePort();
    const log = join(folder, 'log');
    const output = openSync(log, 'w');
    const options = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
    server = spawn(join(bin, 'postgres'), options, {
      ...owner,
      cwd: data,
      env: environment,
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    if (await isReady(server, log)) return port;
    if (attempt >= 3) throw new Error(`postgres does not start: ${readFileSync(log, 'utf8').trim()}`);
  }
}

async function isReady(child: ChildProcess, log: string): Promise<boolean> {
  let gone = false;
  child.once('error', () => (gone = true));
  child.once('exit', () => (gone = true));
  for (let waited = 0; waited < 30_000 && !gone; waited += 20) {
    if (readFileSync(log, 'utf8').includes('ready to accept connections')) return true;
    await sleep(20);
  }
  if (!gone) await stop(child);
  return false;
}

async function findFreePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}

/** "Immediate shutdown": nothing is worth saving. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGQUIT');
  const slow = setTimeout(() => child.kill('SIGKILL'), 5000);
  await gone;
  clearTimeout(slow);
}

async function finish(code: number): Promise<never> {
  if (server !== undefined) await stop(server);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.exit(code);
}
