/**
 * Programs that people synchronise with, on a mailbox of 10,000 messages that is changed from both sides; afterwards both
 * must agree message by message, with flags. `docs/clients.md` says what was seen.
 */
import { ImapFlow } from 'imapflow';
import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importByAppend } from '../e2e/harness/import-messages.ts';
import { ImapSession } from '../e2e/harness/imap-session.ts';
import { mustRun, runProgram, testWith } from '../e2e/harness/programs.ts';
import { startServe, type TestServer } from '../e2e/harness/server.ts';

const account = { name: 'many', address: 'many@example.test', password: 'ten thousand' };
const count = 10_000;
let server: TestServer;
let imap: ImapSession;

beforeAll(async () => {
  server = await startServe({ accounts: [account] });
  const messages = Array.from({ length: count }, (_, i) => {
    const lines = [`From: Ann <ann@example.test>`, `Subject: number ${i}`, `Message-ID: <${i}@clients.test>`];
    return { name: String(i), octets: Buffer.from([...lines, '', ...bodyLines(i), ''].join('\r\n')) };
  });
  await importByAppend(server, account, 'Master', messages);
  imap = await ImapSession.login(server.ports.imap, account.address, account.password);
});
afterAll(async () => {
  await imap.logout();
  await server[Symbol.asyncDispose]();
});

/** Text that compresses as mail does, about to half: mbsync 1.4 gives up where COMPRESS saves much more (docs/clients.md). */
function bodyLines(i: number): readonly string[] {
  return Array.from({ length: 1 + (i % 40) }, (_each, n) => `${n} ${randomBytes(24).toString('hex')}`);
}

/** A copy of the 10,000 for one program. */
async function prepare(mailbox: string): Promise<string> {
  await imap.ok(`CREATE ${mailbox}`);
  await imap.ok('EXAMINE Master');
  await imap.ok(`COPY 1:* ${mailbox}`);
  const home = join(server.dir, mailbox);
  mkdirSync(home, { recursive: true });
  return home;
}

/** What another client does meanwhile: 100 read, 50 flagged, 50 removed, 20 new. */
async function changeFromElsewhere(mailbox: string): Promise<void> {
  await imap.ok(`SELECT ${mailbox}`);
  await imap.ok('STORE 1:100 +FLAGS.SILENT (\\Seen)');
  await imap.ok('STORE 201:250 +FLAGS.SILENT (\\Flagged)');
  await imap.ok('STORE 301:350 +FLAGS.SILENT (\\Deleted)');
  await imap.ok('EXPUNGE');
  for (let i = 0; i < 20; i++) await imap.append(mailbox, fresh(`elsewhere-${i}`));
}

function fresh(id: string): Buffer {
  return Buffer.from(`Subject: ${id}\r\nMessage-ID: <${id}@clients.test>\r\n\r\nnew\r\n`);
}

type State = ReadonlyMap<string, string>;

/** Message-ID to the letters F, R, S (flagged, answered, seen), as the server has them. */
async function serverState(mailbox: string): Promise<State> {
  await imap.ok(`EXAMINE ${mailbox}`);
  const { untagged } = await imap.ok('UID FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])');
  const found = new Map<string, string>();
  for (const { line, literals } of untagged) {
    const id = /<[^>]*>/.exec(literals[0]?.toString('latin1') ?? '')?.[0];
    if (id !== undefined) found.set(id, lettersOf(line));
  }
  return found;
}

function lettersOf(flags: string): string {
  return [/\\Flagged/, /\\Answered/, /\\Seen/].map((flag, i) => (flag.test(flags) ? 'FRS'.charAt(i) : '')).join('');
}

interface Held {
  readonly path: string;
  readonly id: string;
}

function readMaildir(folder: string): readonly Held[] {
  return ['new', 'cur'].flatMap((sub) =>
    readdirSync(join(folder, sub)).map((name) => {
      const path = join(folder, sub, name);
      return { path, id: /^Message-ID: (<[^>]*>)/im.exec(readFileSync(path, 'latin1'))?.[1] ?? path };
    }),
  );
}

function maildirState(folder: string): State {
  const letters = (path: string): string => (/:2,(.*)$/.exec(path)?.[1] ?? '').replaceAll(/[^FRS]/g, '');
  return new Map(readMaildir(folder).map(({ path, id }) => [id, letters(path)]));
}

/** What the person does in the folder: 40 removed, 30 answered, 10 new. */
async function changeFolder(folder: string): Promise<void> {
  const held = new Map(readMaildir(folder).map(({ path, id }) => [id, path]));
  const pathOf = (i: number): string => held.get(`<${i}@clients.test>`) ?? expect.fail(`no message ${i} in the folder`);
  for (let i = 500; i < 540; i++) rmSync(pathOf(i));
  for (let i = 600; i < 630; i++) {
    const base = pathOf(i).split('/').at(-1)?.replace(/:2,.*/, '');
    await mustRun('mv', [pathOf(i), join(folder, 'cur', `${base}:2,RS`)]);
  }
  for (let i = 0; i < 10; i++) {
    writeFileSync(
      join(folder, 'new', `${1_700_000_000 + i}.near${i}.test`),
      fresh(`near-${i}`).toString().replaceAll('\r\n', '\n'),
    );
  }
}

async function expectAgreement(mailbox: string, folder: string): Promise<void> {
  const ours = await serverState(mailbox);
  expect(ours.size).toBe(count - 50 + 20 - 40 + 10);
  expect(maildirState(folder)).toEqual(ours);
}

testWith('mbsync', 'mbsync: both ways, twice, and a third time for nothing', async () => {
  const home = await prepare('mbsync');
  const folder = join(home, 'mail/mbsync');
  mkdirSync(join(home, 'mail'), { recursive: true });
  const config = join(home, 'rc');
  writeFileSync(
    config,
    [
      ...['IMAPAccount us', 'Host 127.0.0.1', `Port ${server.ports.imap}`, `User ${account.address}`],
      ...[`Pass "${account.password}"`, 'SSLType None', 'AuthMechs *', '', 'IMAPStore far', 'Account us', ''],
      ...['MaildirStore near', 'SubFolders Verbatim', `Path ${home}/mail/`, `Inbox ${home}/mail/INBOX`, ''],
      ...['Channel all', 'Far :far:', 'Near :near:', 'Patterns mbsync', 'Create Both', 'Expunge Both', 'Sync All'],
      ...['SyncState *', ''],
    ].join('\n'),
  );
  const sync = () => mustRun('mbsync', ['-c', config, 'all'], { env: { HOME: home }, seconds: 600 });
  await sync();
  expect(readMaildir(folder)).toHaveLength(count);
  await changeFromElsewhere('mbsync');
  await changeFolder(folder);
  await sync();
  await expectAgreement('mbsync', folder);
  const before = readMaildir(folder);
  await sync();
  expect(readMaildir(folder)).toEqual(before);
});

testWith('offlineimap', 'offlineimap: both ways, and again for nothing', async () => {
  const home = await prepare('offline');
  const folder = join(home, 'mail/offline');
  const config = join(home, 'rc');
  writeFileSync(
    config,
    [
      ...['[general]', 'accounts = us', `metadata = ${home}/meta`, 'ui = quiet', '', '[Account us]'],
      ...['localrepository = near', 'remoterepository = far', '', '[Repository near]', 'type = Maildir'],
      ...[`localfolders = ${home}/mail`, '', '[Repository far]', 'type = IMAP', 'remotehost = 127.0.0.1'],
      ...[`remoteport = ${server.ports.imap}`, `remoteuser = ${account.address}`, `remotepass = ${account.password}`],
      ...['ssl = no', 'starttls = no', `folderfilter = lambda name: name == 'offline'`, ''],
    ].join('\n'),
  );
  const sync = () => mustRun('offlineimap', ['-o', '-c', config], { env: { HOME: home }, seconds: 1800 });
  await sync();
  expect(readMaildir(folder)).toHaveLength(count);
  await changeFromElsewhere('offline');
  await changeFolder(folder);
  await sync();
  await expectAgreement('offline', folder);
  const before = maildirState(folder);
  await sync();
  expect(maildirState(folder)).toEqual(before);
});

/** mutt and its descendant, driven by keys. */
async function useMutt(program: string): Promise<void> {
  const home = await prepare(program);
  const rc = join(home, 'muttrc');
  const login = [`imap_user="${account.address}"`, `imap_pass="${account.password}"`];
  const settings = [
    ...login,
    'ssl_starttls=no',
    'ssl_force_tls=no',
    'confirmappend=no',
    'confirmcreate=no',
    'delete=yes',
    `header_cache="${home}/cache"`,
  ];
  writeFileSync(rc, [...settings, `folder="${home}"`, 'quit=yes'].map((each) => `set ${each}`).join('\n'));
  const url = `imap://127.0.0.1:${server.ports.imap}/${program}`;
  const open = (keys: string) =>
    runProgram('script', ['-qec', `${program} -F ${rc} -f '${url}' -e 'push "${keys}"'`, '/dev/null'], {
      env: { HOME: home, TERM: 'xterm' },
      seconds: 300,
    });
  const pattern = (text: string) => `~s ${text}$<enter>`;
  await open(
    `<tag-pattern>${pattern('number.77.')}<tag-prefix><flag-message><delete-pattern>${pattern('number.88.')}<quit>`,
  );
  const changed = await serverState(program);
  expect(changed.size).toBe(count - 10);
  const flagged = [...changed].filter(([, letters]) => letters.includes('F')).map(([id]) => id);
  expect(new Set(flagged)).toEqual(new Set(Array.from({ length: 10 }, (_each, i) => `<77${i}@clients.test>`)));
  await imap.ok(`SELECT ${program}`);
  await imap.ok('STORE 1:50 +FLAGS.SILENT (\\Deleted)');
  await imap.ok('EXPUNGE');
  await imap.append(program, fresh('for-mutt'));
  const out = join(home, 'out.mbox');
  const seen = await open(`<last-entry><copy-message><kill-line>${out}<enter><quit>`);
  expect(readFileSync(out, 'latin1'), seen.stdout.slice(-500)).toContain('<for-mutt@clients.test>');
  expect((await serverState(program)).size).toBe(count - 10 - 50 + 1);
}

for (const program of ['mutt', 'neomutt']) {
  testWith(
    program,
    `${program}: opens it, flags and removes by pattern, and sees what others did when it opens it again`,
    () => useMutt(program),
  );
}

test('imapflow: reads all, changes, and hears what others change while it is there', async () => {
  await prepare('imapflow');
  const client = new ImapFlow({
    host: '127.0.0.1',
    port: server.ports.imap,
    secure: false,
    doSTARTTLS: false,
    auth: { user: account.address, pass: account.password },
    logger: false,
    qresync: true,
  });
  await client.connect();
  const lock = await client.getMailboxLock('imapflow');
  const heard = { exists: 0, expunged: 0, flags: 0 };
  client.on('exists', () => void heard.exists++);
  client.on('expunge', () => void heard.expunged++);
  client.on('flags', () => void heard.flags++);
  try {
    await client.messageFlagsAdd('1001:1030', ['\\Answered'], { uid: true });
    await client.messageDelete('1101:1140', { uid: true });
    await changeFromElsewhere('imapflow');
    await expect.poll(async () => (await client.noop(), heard.exists > 0 && heard.flags >= 150)).toBe(true);
    const theirs = new Map<string, string>();
    for await (const { envelope, flags } of client.fetch('1:*', { envelope: true, flags: true })) {
      theirs.set(envelope?.messageId ?? '', lettersOf([...(flags ?? [])].join(' ')));
    }
    const ours = await serverState('imapflow');
    expect(ours.size).toBe(count - 40 - 50 + 20);
    expect(theirs).toEqual(ours);
  } finally {
    lock.release();
    await client.logout();
  }
});

testWith('python3', 'Python imaplib: reads all, changes, and agrees', async () => {
  const home = await prepare('imaplib');
  const script = join(home, 'client.py');
  writeFileSync(
    script,
    `
import imaplib, json, re, sys
imaplib._MAXLINE = 10000000
port, user, password, step = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
with imaplib.IMAP4('127.0.0.1', port) as i:
    i.login(user, password)
    i.select('imaplib')
    if step == 'change':
        assert i.uid('STORE', '1001:1030', '+FLAGS', '(\\\\Answered)')[0] == 'OK'
        assert i.uid('STORE', '1101:1140', '+FLAGS', '(\\\\Deleted)')[0] == 'OK'
        assert i.expunge()[0] == 'OK'
        for n in range(10):
            assert i.append('imaplib', None, None, ('Message-ID: <py-%d@clients.test>\\r\\n\\r\\nnew\\r\\n' % n).encode())[0] == 'OK'
    else:
        found = {}
        for part in i.uid('FETCH', '1:*', '(FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])')[1]:
            if isinstance(part, tuple):
                flags = part[0].decode()
                found[re.search(rb'<[^>]*>', part[1]).group().decode()] = ''.join(
                    c for c, f in (('F', 'Flagged'), ('R', 'Answered'), ('S', 'Seen')) if '\\\\' + f in flags)
        print(json.dumps(found))
`,
  );
  const run = (step: string) =>
    mustRun('python3', [script, String(server.ports.imap), account.address, account.password, step], { seconds: 300 });
  await run('change');
  await changeFromElsewhere('imaplib');
  const theirs = new Map(Object.entries(JSON.parse((await run('read')).stdout) as Record<string, string>));
  const ours = await serverState('imaplib');
  expect(ours.size).toBe(count - 40 + 10 - 50 + 20);
  expect(theirs).toEqual(ours);
});

testWith('curl', 'curl: searches, changes flags, appends, and finds what others changed', async () => {
  const home = await prepare('curl');
  const base = `imap://127.0.0.1:${server.ports.imap}/curl`;
  const login = ['-sS', '-u', `${account.address}:${account.password}`];
  const ask = (request: string) => mustRun('curl', [...login, '-X', request, base]);
  await ask('UID STORE 1001:1030 +FLAGS.SILENT (\\Answered)');
  const file = join(home, 'new.eml');
  writeFileSync(file, fresh('by-curl'));
  await mustRun('curl', [...login, base, '-T', file]);
  await changeFromElsewhere('curl');
  // One line each: curl 7 adds up the length of all lines at each line, and stops at 300 kB.
  const found = async (key: string) => (await ask(`SEARCH ${key}`)).stdout.trim().split(' ').length - 2;
  expect(await found('ALL')).toBe(count + 1 - 50 + 20);
  expect(await found('ANSWERED')).toBe(30);
  expect(await found('FLAGGED')).toBe(50);
  // What curl puts in, it marks as read.
  expect(await found('SEEN')).toBe(101);
  expect((await ask('SEARCH HEADER Message-ID by-curl@clients.test')).stdout).toMatch(/^\* SEARCH \d+\r\n$/);
});

/** Debian's, as it is installed, with a script that runs inside it; without a window. */
testWith(
  'thunderbird',
  'Thunderbird: keeps it offline, reads, flags and removes, and follows what others change',
  async () => {
    const home = await prepare('thunderbird');
    const app = join(home, 'app');
    // Debian leaves a link to dictionaries that are not there, of which cp complains.
    await runProgram('cp', ['-aL', '/usr/lib/thunderbird', app]);
    const settings = { filename: 'drive.cfg', obscure_value: 0, sandbox_enabled: false };
    writeFileSync(
      join(app, 'defaults/pref/autoconfig.js'),
      Object.entries(settings)
        .map(([key, value]) => `pref("general.config.${key}", ${JSON.stringify(value)});\n`)
        .join(''),
    );
    copyFileSync(join(import.meta.dirname, 'thunderbird-drive.cfg'), join(app, 'drive.cfg'));
    const out = join(home, 'out.json');
    mkdirSync(join(home, 'profile'));
    const run = async (step: string) => {
      rmSync(out, { force: true });
      const env = {
        ...{ HOME: home, MOZ_HEADLESS: '1', TB_STEP: step, TB_OUT: out, TB_FOLDER: 'thunderbird' },
        ...{ TB_USER: account.address, TB_PASSWORD: account.password, TB_PORT: String(server.ports.imap) },
      };
      const words = ['--headless', '--no-remote', '--profile', join(home, 'profile')];
      await runProgram(join(app, 'thunderbird-bin'), words, { env, seconds: 600 });
      if (!existsSync(out)) expect.fail(`nothing was written: ${readFileSync(`${out}.log`, 'latin1')}`);
      return JSON.parse(readFileSync(out, 'utf8')) as { state: Record<string, string>; offlineBytes: number };
    };
    const first = await run('change');
    expect(first.offlineBytes).toBeGreaterThan(count * 100);
    expect(new Map(Object.entries(first.state))).toEqual(await serverState('thunderbird'));
    await changeFromElsewhere('thunderbird');
    const second = await run('look');
    const ours = await serverState('thunderbird');
    expect(ours.size).toBe(count - 40 - 50 + 20);
    expect(new Map(Object.entries(second.state))).toEqual(ours);
  },
);
