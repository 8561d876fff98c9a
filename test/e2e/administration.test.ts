/** The command line, with the server running and stopped: what it changes holds at once, what it refuses it explains. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SmtpClient } from '../../bench/clients/smtp-client.ts';
import { ImapSession } from './harness/imap-session.ts';
import { mustRun, runProgram } from './harness/programs.ts';
import { startServe, type Account, type TestServer } from './harness/server.ts';

const program = join(import.meta.dirname, '../../bin/posthorn');
const ada: Account = { name: 'ada', address: 'ada@example.test', password: 'correct horse' };
let server: TestServer;

/** The reply to RCPT TO for an address. */
async function ask(address: string): Promise<string> {
  const smtp = await SmtpClient.connect({ host: '127.0.0.1', port: server.ports.smtp }, { helo: 'client.remote.test' });
  await smtp.command('MAIL FROM:<sender@remote.test>');
  const reply = await smtp.command(`RCPT TO:<${address}>`).catch((error: unknown) => String(error));
  await smtp.quit();
  return reply;
}

/** The reply to a whole message for an address. */
async function deliver(address: string): Promise<string> {
  const smtp = await SmtpClient.connect({ host: '127.0.0.1', port: server.ports.smtp }, { helo: 'client.remote.test' });
  const message = Buffer.from('Subject: to whom\r\n\r\nit may concern\r\n');
  const reply = await smtp.send('sender@remote.test', [address], message).catch((error: unknown) => String(error));
  await smtp.quit();
  return reply;
}

async function canLogIn(user: string, password: string): Promise<string> {
  try {
    const imap = await ImapSession.login(server.ports.imap, user, password);
    await imap.logout();
    return 'yes';
  } catch (error) {
    return String(error);
  }
}

function describeAdministration(state: string): void {
  test(`${state}: domains, accounts, addresses, catchall, alias; facts as JSON`, async () => {
    const name = state.replaceAll(' ', '-');
    const domain = `${name}.test`;
    await server.admin('config', 'domain', 'add', domain);
    const options = ['--password-stdin', '--config', server.config];
    await mustRun(program, ['config', 'account', 'add', name, `first@${domain}`, ...options], {
      input: 'battery staple\n',
    });
    await server.admin('config', 'address', 'add', `second@${domain}`, name);
    await server.admin('config', 'address', 'add', `@${domain}`, name);
    await server.admin('config', 'alias', 'add', `team@${domain}`, `first@${domain}`, ada.address, '--post-public');
    const addresses = await server.admin('config', 'address', 'list', '--json');
    expect(JSON.stringify(JSON.parse(addresses.stdout))).toContain(`second@${domain}`);
    const aliases = await server.admin('config', 'alias', 'list', '--json');
    expect(JSON.stringify(JSON.parse(aliases.stdout))).toContain(`team@${domain}`);
  });

  test(`${state}: what contradicts is refused with status 1 and names the conflict; wrong usage has status 2`, async () => {
    const twice = await server.tryAdmin('config', 'domain', 'add', 'example.test');
    expect(twice).toMatchObject({ status: 1, stdout: '' });
    expect(twice.stderr).toContain('example.test');
    const over = await server.tryAdmin('config', 'alias', 'add', ada.address, ada.address);
    expect(over.status).toBe(1);
    expect(over.stderr).toContain('ada@example.test');
    const separator = await server.tryAdmin('config', 'address', 'add', 'with+separator@example.test', 'ada');
    expect(separator.status).toBe(1);
    expect(separator.stderr).toContain('+');
    expect((await server.tryAdmin('config', 'domain', 'frobnicate')).status).toBe(2);
    expect((await server.tryAdmin('config', 'domain', 'add')).status).toBe(2);
    for (const { stderr } of [twice, over, separator]) expect(stderr).not.toMatch(/^ {4}at /m);
  });
}

describe('the command line', () => {
  beforeAll(async () => {
    server = await startServe({ accounts: [ada] });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });
  describeAdministration('while running');

  test('what was added holds at once: addresses, catchall, alias, login', async () => {
    for (const local of ['first', 'second', 'first+tag', 'whatever', 'team']) {
      expect(await ask(`${local}@while-running.test`), local).toMatch(/^250/);
    }
    // Who exists is told after the message only, so that nobody can ask for names (spec: protocols, section 1).
    expect(await ask('nobody@example.test')).toMatch(/^250/);
    expect(await deliver('nobody@example.test')).toMatch(/550 5\.1\.1/);
    expect(await ask('somebody@elsewhere.test')).toMatch(/550 5\.[17]\.1/);
    expect(await canLogIn('second@while-running.test', 'battery staple')).toBe('yes');
  });

  test('an alias, an unknown address and a wrong password are told the same', async () => {
    const answers = await Promise.all([
      canLogIn('team@while-running.test', 'battery staple'),
      canLogIn('nobody@example.test', 'battery staple'),
      canLogIn(ada.address, 'battery staple'),
    ]);
    const texts = answers.map((answer) => answer.replace(/LOGIN "[^"]*" "[^"]*"/, 'LOGIN'));
    expect(new Set(texts)).toEqual(new Set([texts[0]]));
    expect(texts[0]).toMatch(/NO \[AUTHENTICATIONFAILED\]/);
  });

  test('a disabled domain refuses, and takes mail again when it is enabled', async () => {
    await server.admin('config', 'domain', 'disable', 'while-running.test');
    expect(await ask('first@while-running.test')).toMatch(/\b[45]50 |\b451 /);
    await server.admin('config', 'domain', 'enable', 'while-running.test');
    expect(await ask('first@while-running.test')).toMatch(/^250/);
  });

  test('a new password holds at once, also against the cache of logins; a disabled account is told why', async () => {
    expect(await canLogIn(ada.address, ada.password)).toBe('yes');
    const options = ['--password-stdin', '--config', server.config];
    await mustRun(program, ['config', 'account', 'passwd', 'ada', ...options], { input: 'another one\n' });
    expect(await canLogIn(ada.address, ada.password)).toMatch(/AUTHENTICATIONFAILED/);
    expect(await canLogIn(ada.address, 'another one')).toBe('yes');
    await server.admin('config', 'account', 'disable', 'ada', '--message', 'please call us');
    expect(await canLogIn(ada.address, 'another one')).toContain('please call us');
    await server.admin('config', 'account', 'enable', 'ada');
    expect(await canLogIn(ada.address, 'another one')).toBe('yes');
  });

  test('a message to an alias is stored for each member, one blob', async () => {
    const smtp = await SmtpClient.connect(
      { host: '127.0.0.1', port: server.ports.smtp },
      { helo: 'client.remote.test' },
    );
    await smtp.send(
      'sender@remote.test',
      ['team@while-running.test'],
      Buffer.from('Subject: to the team\r\n\r\nhello\r\n'),
    );
    await smtp.quit();
    for (const [user, password] of [
      ['first@while-running.test', 'battery staple'],
      [ada.address, 'another one'],
    ]) {
      const imap = await ImapSession.login(server.ports.imap, String(user), String(password));
      await imap.ok('SELECT INBOX');
      const found = await imap.ok('SEARCH SUBJECT "to the team"');
      expect(found.untagged[0]?.line).toMatch(/SEARCH \d+$/);
      await imap.logout();
    }
  });

  test('export and apply: what was exported changes nothing; --dry-run changes nothing ever', async () => {
    const file = join(server.dir, 'exported.yaml');
    const exported = await server.admin('config', 'export');
    expect(exported.stdout).not.toContain('argon2');
    writeFileSync(file, exported.stdout);
    await server.admin('config', 'apply', file);
    expect((await server.admin('config', 'export')).stdout).toBe(exported.stdout);
    writeFileSync(file, JSON.stringify({ domains: { 'dry.test': {} } }));
    await server.admin('config', 'apply', file, '--dry-run');
    expect((await server.admin('config', 'export')).stdout).toBe(exported.stdout);
    writeFileSync(
      file,
      JSON.stringify({ domains: { 'half.test': {} }, accounts: { x: { addresses: ['x@missing.test'] } } }),
    );
    const refused = await server.tryAdmin('config', 'apply', file);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('missing.test');
    expect((await server.admin('config', 'export')).stdout).toBe(exported.stdout);
  });

  test('verify passes while the server runs; a second server on the same data is refused', async () => {
    expect((await server.admin('verify', '--json')).stdout).toMatch(/^[[{]/);
    const second = await runProgram(program, ['serve', '--config', server.config], { seconds: 20 });
    expect(second.status).toBe(1);
  });

  test('SIGTERM ends with status 0, and the command line works without the server', async () => {
    expect(await server.stop()).toBe(0);
  });
  describeAdministration('while stopped');
  test('what was added while stopped is there after the start', async () => {
    await server.start();
    expect(await ask('second@while-stopped.test')).toMatch(/^250/);
    expect(await ask('team@while-stopped.test')).toMatch(/^250/);
  });
});

describe('the configuration file', () => {
  const dir = mkdtempSync(join(tmpdir(), 'posthorn-config-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  for (const [what, text, complaint] of [
    ['an unknown key', 'hostname: mail.example.test\nlisteners: []\nfoo: 1\n', /3.*foo/s],
    [
      'a port that is none',
      'hostname: mail.example.test\nlisteners:\n  - ip: 127.0.0.1\n    smtp: 99999\n',
      /4.*smtp/s,
    ],
    ['YAML that is none', 'hostname: [\n', /posthorn\.yaml/],
  ] as const) {
    test(`${what} is refused with line and key`, () => {
      const file = join(dir, 'posthorn.yaml');
      mkdirSync(dir, { recursive: true });
      writeFileSync(file, text);
      const { status, stderr } = spawnSync(program, ['config', 'check', '--config', file], { encoding: 'utf8' });
      expect(status).toBe(1);
      expect(stderr).toMatch(complaint);
      expect(stderr).not.toMatch(/^ {4}at /m);
    });
  }

  test('every command has help', async () => {
    const { stdout } = await mustRun(program, ['--help']);
    const commands = [...stdout.matchAll(/^ {2}((?:[a-z-]+ ?)+)/gm)].map(([, words]) =>
      (words ?? '').trim().split(' '),
    );
    expect(commands.length).toBeGreaterThan(25);
    for (const words of commands.filter((_, i) => i % 5 === 0)) {
      expect((await mustRun(program, [...words, '--help'])).stdout).toContain(words.at(-1));
    }
  });
});
