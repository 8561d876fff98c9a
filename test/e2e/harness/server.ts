/** Starts `bin/posthorn` as a person would, in a temporary folder, on free ports of loopback. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, isFree, isListening } from './ports.ts';
import { mustRun, runProgram, type Finished } from './programs.ts';

const program = join(import.meta.dirname, '../../../bin/posthorn');
const services = { smtp: 25, submission: 587, submissions: 465, imap: 143, imaps: 993, pop3: 110, pop3s: 995 } as const;
export type Service = keyof typeof services;

export interface Account {
  readonly name: string;
  readonly address: string;
  readonly password: string;
}

/** A server under test. */
export class TestServer {
  readonly dir: string;
  readonly dataDir: string;
  readonly ports: Readonly<Record<Service, number>>;
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;
  #log = '';

  constructor(dir: string, dataDir: string, ports: Readonly<Record<Service, number>>, args: readonly string[]) {
    this.dir = dir;
    this.dataDir = dataDir;
    this.ports = ports;
    this.#args = args;
    // A run that is cut short must not leave servers behind.
    process.once('exit', () => this.#signal('SIGKILL'));
  }

  /** What the server wrote to stdout and stderr. */
  get log(): string {
    return this.#log;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** The configuration file of `serve`. */
  get config(): string {
    return join(this.dir, 'posthorn.yaml');
  }

  /** Starts; resolves when every port accepts. */
  async start(): Promise<void> {
    // A process group of its own, so that kill() reaches the process behind the launcher too.
    const child = spawn(program, this.#args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, cwd: this.dir });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.#log = (this.#log + text).slice(-1_000_000)));
    }
    let failure: Error | undefined;
    child.once('error', (error) => (failure = error));
    const begun = Date.now();
    while (!(await this.#answers())) {
      if (failure) throw failure;
      if (child.exitCode !== null)
        throw new Error(`the server ended with ${child.exitCode}:\n${this.#log.slice(-3000)}`);
      if (Date.now() - begun > 30_000)
        throw new Error(`the server is not ready after 30 s:\n${this.#log.slice(-3000)}`);
    }
  }

  /** SIGTERM and wait; the exit status. */
  stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  /** kill -9 for the whole process group. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Stops, if it runs, and removes the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end('SIGTERM');
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Runs a command of the command line with this server's configuration. */
  admin(...args: readonly string[]): Promise<Finished> {
    return mustRun(program, [...args, '--config', this.config]);
  }

  /** As `admin`, but failing is an answer too. */
  tryAdmin(...args: readonly string[]): Promise<Finished> {
    return runProgram(program, [...args, '--config', this.config]);
  }

  #signal(signal: NodeJS.Signals): void {
    const child = this.#child;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // It ended meanwhile.
    }
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    const timer = setTimeout(() => this.#signal('SIGKILL'), 20_000);
    this.#signal(signal);
    await ended;
    clearTimeout(timer);
    return child.exitCode;
  }

  async #answers(): Promise<boolean> {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return (await Promise.all(Object.values(this.ports).map(isListening))).every(Boolean);
  }
}

/** `posthorn localserve` with everything as it is, but other ports. */
export async function startLocal(): Promise<TestServer> {
  const dir = makeDir();
  const offset = await freeOffset();
  const ports = Object.fromEntries(Object.entries(services).map(([name, port]) => [name, port + offset]));
  const args = ['localserve', '--dir', join(dir, 'data'), '--port-offset', String(offset)];
  const server = new TestServer(dir, join(dir, 'data'), ports as Record<Service, number>, args);
  await server.start();
  return server;
}

export interface ServeOptions {
  readonly accounts: readonly Account[];
  /** Lines added to the configuration file. */
  readonly config?: readonly string[];
  /** Networks without limits; without it, this machine. */
  readonly exempt?: readonly string[];
  /** Where the data lies, if not in the temporary folder. */
  readonly dataDir?: string;
}

/** `posthorn serve` with the given accounts, all in their domains. */
export async function startServe(options: ServeOptions): Promise<TestServer> {
  const dir = makeDir();
  const dataDir = options.dataDir ?? join(dir, 'data');
  const names = Object.keys(services) as Service[];
  const free = await freePorts(names.length);
  const ports = Object.fromEntries(names.map((name, i) => [name, free[i] ?? 0])) as Record<Service, number>;
  const server = new TestServer(dir, dataDir, ports, ['serve', '--config', join(dir, 'posthorn.yaml')]);
  writeFileSync(
    server.config,
    [
      'hostname: mail.example.test',
      `data: ${JSON.stringify(dataDir)}`,
      'listeners:',
      '  - ip: 127.0.0.1',
      ...names.map((name) => `    ${name}: ${ports[name]}`),
      '    plaintextLogin: true',
      'tls: { selfSigned: true }',
      `limits: { exempt: ${JSON.stringify(options.exempt ?? ['127.0.0.0/8'])} }`,
      ...(options.config ?? []),
      '',
    ].join('\n'),
  );
  await applyDirectory(server, options.accounts);
  await server.start();
  return server;
}

async function applyDirectory(server: TestServer, accounts: readonly Account[]): Promise<void> {
  const domains = new Set(accounts.map((account) => account.address.slice(account.address.indexOf('@') + 1)));
  const file = join(server.dir, 'directory.yaml');
  const directory = {
    domains: Object.fromEntries([...domains].map((domain) => [domain, {}])),
    accounts: Object.fromEntries(accounts.map((a) => [a.name, { addresses: [a.address], password: a.password }])),
  };
  writeFileSync(file, JSON.stringify(directory));
  await server.admin('config', 'apply', file);
}

/** The certificate that `localserve` keeps, for clients to trust. */
export function localCertificate(server: TestServer): string {
  return join(server.dataDir, 'tls/localhost.pem');
}

function makeDir(): string {
  return mkdtempSync(join(tmpdir(), 'posthorn-e2e-'));
}

/** A port offset at which all services find their port free. */
async function freeOffset(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const offset = 10_000 + Math.floor(Math.random() * 20_000);
    const wanted = [...Object.values(services), 80, 443].map((port) => port + offset);
    if ((await Promise.all(wanted.map(isFree))).every(Boolean)) return offset;
  }
  throw new Error('no port offset with all ports free');
}
