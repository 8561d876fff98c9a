/** A server of ours to measure: bin/posthorn of a checkout, in a folder of its own, on free ports of loopback, as shipped. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { ed25519Certificate } from '../src/net/client-certificate.ts';
import { listen } from './machine/limits.ts';
import type { Target } from './target.ts';

const domain = 'bench.test';
const user = `bench@${domain}`;
const password = 'measure me';
const recipientCount = 50;
/** A key for measuring only; the same in each run. */
const clientCertificate = ed25519Certificate(Buffer.alloc(32, 'bench'));

/** Prepares a directory with one account for reading and fifty for mail to many, starts the server, waits for its greeting. */
export async function startServer(checkout: string, dir: string, name: string): Promise<Target> {
  const program = join(checkout, 'bin/posthorn');
  const [smtp, imap, imaps] = await freePorts(3);
  if (smtp === undefined || imap === undefined || imaps === undefined) throw new Error('no free ports');
  mkdirSync(dir, { recursive: true });
  const config = join(dir, 'posthorn.yaml');
  writeFileSync(config, printConfig(dir, { smtp, imap, imaps }));
  const recipients = Array.from({ length: recipientCount }, (_, i) => `many${i + 1}@${domain}`);
  writeFileSync(join(dir, 'directory.yaml'), printDirectory(recipients));
  administer(program, ['config', 'apply', join(dir, 'directory.yaml'), '--config', config]);

  let child = await start(program, config, dir, smtp);
  const stop = async (): Promise<void> => {
    const { process: running } = child;
    if (running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGTERM');
    await ended;
  };
  return {
    name,
    smtp: { host: '127.0.0.1', port: smtp },
    imap: { host: '127.0.0.1', port: imap },
    imaps: { host: '127.0.0.1', port: imaps, tls: true },
    user,
    password,
    clientCertificate,
    recipients,
    pids: () => (child.process.pid === undefined ? [] : [child.process.pid]),
    control: {
      dataDir: join(dir, 'data'),
      stop,
      async restart() {
        await stop();
        child = await start(program, config, dir, smtp);
        return child.startMs;
      },
    },
  };
}

function printConfig(dir: string, ports: { smtp: number; imap: number; imaps: number }): string {
  return [
    'hostname: mail.bench.test',
    `data: ${JSON.stringify(join(dir, 'data'))}`,
    'listeners:',
    '  - ip: 127.0.0.1',
    ...Object.entries(ports).map(([service, port]) => `    ${service}: ${port}`),
    '    plaintextLogin: true',
    'tls: { selfSigned: true }',
    'limits: { exempt: ["127.0.0.0/8"] }',
    '',
  ].join('\n');
}

const tlsPublicKey = {
  certificate: Buffer.from(clientCertificate.certPem).toString('base64'),
  'login-address': user,
  name: 'bench',
};

function printDirectory(recipients: readonly string[]): string {
  return JSON.stringify({
    domains: { [domain]: {} },
    accounts: Object.fromEntries(
      [user, ...recipients].map((address) => [
        address.slice(0, address.indexOf('@')),
        { addresses: [address], password, ...(address === user ? { 'tls-public-keys': [tlsPublicKey] } : {}) },
      ]),
    ),
  });
}

/** Runs a command of the server's command line; its complaint becomes the error. */
function administer(program: string, args: readonly string[]): void {
  const { status, stderr, stdout } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`posthorn ${args.join(' ')}: ${(stderr || stdout).trim()}`);
}

/** Starts the server; resolves when it greets, with the time that took. */
async function start(
  program: string,
  config: string,
  dir: string,
  port: number,
): Promise<{ process: ChildProcess; startMs: number }> {
  const log = openSync(join(dir, 'server.log'), 'a');
  const begun = performance.now();
  const child = spawn(program, ['serve', '--config', config], { stdio: ['ignore', log, log] });
  while (!(await greets(port))) {
    if (child.exitCode !== null)
      throw new Error(`the server ended with ${child.exitCode}, see ${join(dir, 'server.log')}`);
    if (performance.now() - begun > 30_000) throw new Error('no greeting within 30 s');
  }
  return { process: child, startMs: performance.now() - begun };
}

/** Whether a server says something on this port; waits a moment where it does not. */
export function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => setTimeout(() => resolve(false), 3));
  });
}

/** Ports of loopback that nobody listens on now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(servers.map(listen));
  for (const server of servers) server.close();
  return ports;
}
