/** Programs that people use, against `posthorn localserve` as it starts by itself. None of them was written by us. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ImapSession } from './harness/imap-session.ts';
import { mustRun, runProgram, testWith } from './harness/programs.ts';
import { localCertificate, startLocal, type TestServer } from './harness/server.ts';

const user = 'post@localhost';
const password = 'posthorn';
let server: TestServer;

beforeAll(async () => {
  server = await startLocal();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** Source of the newest message of a mailbox that has this subject. */
async function findBySubject(subject: string, mailbox = 'INBOX'): Promise<string> {
  const imap = await ImapSession.login(server.ports.imap, user, password);
  try {
    await imap.ok(`SELECT "${mailbox}"`);
    const found = await imap.ok(`UID SEARCH SUBJECT "${subject}"`);
    const uid = /SEARCH.* (\d+)$/.exec(found.untagged[0]?.line ?? '')?.[1];
    if (uid === undefined) throw new Error(`no message with the subject '${subject}' in ${mailbox}`);
    const fetched = await imap.ok(`UID FETCH ${uid} (BODY.PEEK[])`);
    return fetched.untagged[0]?.literals[0]?.toString('latin1') ?? '';
  } finally {
    await imap.logout();
  }
}

test('localserve says where it listens, and `ready`', async () => {
  // Its ports answer a moment before it says so.
  await vi.waitFor(() => expect(server.log).toMatch(/^ready$/m));
  for (const port of [server.ports.smtp, server.ports.imap, server.ports.imaps])
    expect(server.log).toContain(String(port));
  expect(server.log).toContain(password);
});

testWith('swaks', 'swaks delivers by SMTP, plain and with STARTTLS, and submits with a password', async () => {
  const to = ['--to', 'someone@localhost', '--from', 'ada@remote.test', '--server', '127.0.0.1'];
  await mustRun('swaks', [
    ...to,
    '--port',
    String(server.ports.smtp),
    '--header',
    'Subject: swaks plain',
    '--body',
    'one',
  ]);
  const tls = ['--tls', '--port', String(server.ports.smtp), '--header', 'Subject: swaks starttls'];
  const { stdout } = await mustRun('swaks', [...to, ...tls, '--body', 'two']);
  expect(stdout).toContain('TLS started');
  expect(await findBySubject('swaks plain')).toMatch(/\r\n\r\none\r\n/);
  expect(await findBySubject('swaks starttls')).toMatch(/with (UTF8)?E?SMTPS/);
  const auth = ['--auth', 'PLAIN', '--auth-user', user, '--auth-password', password, '--from', user];
  await mustRun('swaks', [
    ...['--to', 'anyone@elsewhere.test', '--server', '127.0.0.1', '--tls', '--port', String(server.ports.submission)],
    ...[...auth, '--header', 'Subject: swaks submission'],
  ]);
  expect(await findBySubject('swaks submission')).toContain('anyone@elsewhere.test');
});

testWith('swaks', 'swaks is refused as asked: recipients that end in an error or a code', async () => {
  for (const [recipient, code] of [
    ['x-temperror@localhost', '4'],
    ['x-permerror@localhost', '5'],
    ['x-452@localhost', '452'],
    ['x-550@localhost', '550'],
  ]) {
    const args = ['--to', String(recipient), '--server', '127.0.0.1', '--port', String(server.ports.smtp)];
    const { status, stdout } = await runProgram('swaks', [...args, '--from', 'a@remote.test']);
    expect(status, stdout).not.toBe(0);
    expect(stdout).toMatch(new RegExp(`<\\*\\* ${code}`));
  }
});

testWith('curl', 'curl sends by SMTP and reads by IMAP and IMAPS, with the certificate of the folder', async () => {
  const message = `From: <a@remote.test>\r\nTo: <post@localhost>\r\nSubject: by curl\r\n\r\nhello curl\r\n`;
  const file = join(server.dir, 'curl.eml');
  writeFileSync(file, message);
  const smtp = `smtp://127.0.0.1:${server.ports.smtp}/client.remote.test`;
  await mustRun('curl', ['-sS', smtp, '--mail-from', 'a@remote.test', '--mail-rcpt', 'post@localhost', '-T', file]);
  const uid = await uidOf('by curl');
  const plain = `imap://127.0.0.1:${server.ports.imap}/INBOX;UID=${uid}`;
  expect((await mustRun('curl', ['-sS', '-u', `${user}:${password}`, plain])).stdout).toContain('hello curl');
  const secure = `imaps://localhost:${server.ports.imaps}/INBOX;UID=${uid}`;
  const trust = ['--cacert', localCertificate(server), '--resolve', `localhost:${server.ports.imaps}:127.0.0.1`];
  expect((await mustRun('curl', ['-sS', ...trust, '-u', `${user}:${password}`, secure])).stdout).toContain(
    'hello curl',
  );
  const upgraded = [
    '--ssl-reqd',
    '--cacert',
    localCertificate(server),
    '--resolve',
    `localhost:${server.ports.imap}:127.0.0.1`,
  ];
  const listed = await mustRun('curl', [
    '-sS',
    ...upgraded,
    '-u',
    `${user}:${password}`,
    `imap://localhost:${server.ports.imap}/`,
  ]);
  expect(listed.stdout).toContain('INBOX');
  await mustRun('curl', [
    '-sS',
    '-u',
    `${user}:${password}`,
    `imap://127.0.0.1:${server.ports.imap}/Drafts`,
    '-T',
    file,
  ]);
  expect(await findBySubject('by curl', 'Drafts')).toBe(message);
});

async function uidOf(subject: string): Promise<string> {
  const imap = await ImapSession.login(server.ports.imap, user, password);
  await imap.ok('SELECT INBOX');
  const found = await imap.ok(`UID SEARCH SUBJECT "${subject}"`);
  await imap.logout();
  return / (\d+)$/.exec(found.untagged[0]?.line ?? '')?.[1] ?? '';
}

testWith(
  'python3',
  'Python: smtplib with STARTTLS and login, imaplib through append, search, store, fetch, expunge',
  async () => {
    const script = `
import imaplib, smtplib, ssl, sys
from email.message import EmailMessage
submission, imaps, ca = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
context = ssl.create_default_context(cafile=ca)
m = EmailMessage()
m['From'], m['To'], m['Subject'] = '${user}', 'Zoë <zoe@elsewhere.test>', 'Grüße von Python'
m.set_content('häuser\\n')
m.add_attachment(b'\\x00\\x01\\xff' * 1000, maintype='application', subtype='octet-stream', filename='ä.bin')
with smtplib.SMTP('localhost', submission) as s:
    s.starttls(context=context)
    s.login('${user}', '${password}')
    assert s.send_message(m) == {}
with imaplib.IMAP4_SSL('localhost', imaps, ssl_context=context) as i:
    i.login('${user}', '${password}')
    assert i.create('Python')[0] == 'OK'
    assert i.append('Python', '(\\\\Seen)', None, bytes(m))[0] == 'OK'
    assert i.select('Python')[1] == [b'1']
    i.literal = 'Grüße'.encode()
    assert i.search('UTF-8', 'SUBJECT')[1] == [b'1'], 'search'
    assert b'Seen' in i.fetch('1', '(FLAGS)')[1][0]
    assert i.store('1', '+FLAGS', '(\\\\Deleted)')[0] == 'OK'
    body = i.fetch('1', '(BODY.PEEK[])')[1][0][1]
    assert body == bytes(m).replace(b'\\r\\n', b'\\n').replace(b'\\n', b'\\r\\n'), 'octets'
    assert i.expunge()[1] == [b'1']
    i.select('INBOX')
    assert i.search(None, 'HEADER', 'Subject', 'Python')[1] != [b'']
    i.unselect()
    assert i.delete('Python')[0] == 'OK'
print('python is content')
`;
    const args = ['-c', script, String(server.ports.submission), String(server.ports.imaps), localCertificate(server)];
    const { stdout } = await mustRun('python3', args, { env: { PYTHONUTF8: '1' } });
    expect(stdout).toContain('python is content');
  },
);

testWith('python3', 'Python: imaplib sorts and threads', async () => {
  const script = `
import imaplib, ssl, sys
imaps, ca = int(sys.argv[1]), sys.argv[2]
with imaplib.IMAP4_SSL('localhost', imaps, ssl_context=ssl.create_default_context(cafile=ca)) as i:
    i.login('${user}', '${password}')
    assert i.create('Sorted')[0] == 'OK'
    for n, (subject, date, refs) in enumerate([('b', 3, ''), ('Re: a', 2, '<2@p>'), ('a', 1, ''), ('Re: b', 4, '<0@p>')]):
        m = f'From: p{n}@x\\r\\nSubject: {subject}\\r\\nDate: {date} Nov 2023 10:00:00 +0000\\r\\nMessage-ID: <{n}@p>\\r\\n'
        m += f'References: {refs}\\r\\n' if refs else ''
        assert i.append('Sorted', None, None, (m + '\\r\\nx\\r\\n').encode())[0] == 'OK'
    i.select('Sorted')
    assert i.sort('(DATE)', 'UTF-8', 'ALL') == ('OK', [b'3 2 1 4']), 'date'
    assert i.sort('(SUBJECT REVERSE FROM)', 'UTF-8', 'ALL') == ('OK', [b'3 2 4 1']), 'subject'
    assert i.uid('SORT', '(REVERSE DATE)', 'UTF-8', 'ALL') == ('OK', [b'4 1 2 3']), 'uid'
    assert i.thread('REFERENCES', 'UTF-8', 'ALL') == ('OK', [b'(3 2)(1 4)']), 'references'
    assert i.thread('ORDEREDSUBJECT', 'UTF-8', 'ALL') == ('OK', [b'(3 2)(1 4)']), 'subjects'
    i.unselect()
    assert i.delete('Sorted')[0] == 'OK'
print('python is content')
`;
  const { stdout } = await mustRun('python3', ['-c', script, String(server.ports.imaps), localCertificate(server)]);
  expect(stdout).toContain('python is content');
});

testWith('mbsync', 'mbsync synchronises a few hundred messages both ways, with flags and removals', async () => {
  const count = 300;
  const imap = await ImapSession.login(server.ports.imap, user, password);
  await imap.ok('CREATE "Sync/Deep"');
  const appended = Array.from({ length: count }, (_, i) =>
    imap.append('Sync/Deep', Buffer.from(`Subject: number ${i}\r\nMessage-ID: <${i}@sync.test>\r\n\r\nbody ${i}\r\n`)),
  );
  expect(await Promise.all(appended)).toEqual(Array.from({ length: count }, (_, i) => i + 1));

  const home = join(server.dir, 'mbsync');
  mkdirSync(join(home, 'mail'), { recursive: true });
  const config = join(home, 'mbsyncrc');
  writeFileSync(
    config,
    [
      ...['IMAPAccount us', 'Host 127.0.0.1', `Port ${server.ports.imap}`, `User ${user}`, `Pass ${password}`],
      ...['SSLType None', 'AuthMechs *', '', 'IMAPStore far', 'Account us', ''],
      ...['MaildirStore near', 'SubFolders Verbatim', `Path ${home}/mail/`, `Inbox ${home}/mail/INBOX`, ''],
      ...[
        'Channel all',
        'Far :far:',
        'Near :near:',
        'Patterns Sync/*',
        'Create Both',
        'Expunge Both',
        'Sync All',
        'SyncState *',
        '',
      ],
    ].join('\n'),
  );
  const sync = () => mustRun('mbsync', ['-c', config, 'all'], { env: { HOME: home } });
  await sync();
  const folder = join(home, 'mail/Sync/Deep');
  const held = () =>
    ['new', 'cur'].flatMap((sub) => readdirSync(join(folder, sub)).map((name) => join(folder, sub, name)));
  expect(held()).toHaveLength(count);

  // The server's side: read, flagged, removed. The folder's side: one new message, one removed, one answered.
  await imap.ok('SELECT "Sync/Deep"');
  await imap.ok('STORE 1:10 +FLAGS.SILENT (\\Seen)');
  await imap.ok('STORE 11 +FLAGS.SILENT (\\Flagged)');
  await imap.ok('STORE 12:21 +FLAGS.SILENT (\\Deleted)');
  await imap.ok('EXPUNGE');
  const fileOf = (i: number): string =>
    held().find((path) => readFileSync(path, 'latin1').includes(`<${i}@sync.test>`)) ?? '';
  await mustRun('rm', [fileOf(100)]);
  const answered = fileOf(101);
  await mustRun('mv', [answered, join(folder, 'cur', `${answered.split('/').at(-1)?.replace(/:2,.*/, '')}:2,RS`)]);
  writeFileSync(
    join(folder, 'new', '1.near.test'),
    'Subject: from the folder\nMessage-ID: <near@sync.test>\n\nhello\n',
  );
  await sync();

  expect(held()).toHaveLength(count - 10 - 1 + 1);
  expect(held().filter((path) => /:2,.*S/.test(path))).toHaveLength(11);
  expect(fileOf(10)).toMatch(/:2,F$/);
  await imap.ok('NOOP');
  const flags = await imap.ok('UID FETCH 102 (FLAGS)');
  expect(flags.untagged[0]?.line).toMatch(/\\Answered/);
  expect((await imap.ok('UID SEARCH UID 101')).untagged[0]?.line).toMatch(/^\* SEARCH ?$/);
  const near = await imap.ok('UID SEARCH HEADER Message-ID near@sync.test');
  expect(near.untagged[0]?.line).toMatch(/^\* SEARCH \d+$/);
  const status = await imap.ok('STATUS "Sync/Deep" (MESSAGES)');
  expect(status.untagged[0]?.line).toContain(`MESSAGES ${count - 10}`);
  await imap.logout();

  // Nothing more to do: a second run changes nothing.
  const before = held().sort();
  await sync();
  expect(held().sort()).toEqual(before);
});

testWith('mutt', 'mutt sends a message, then opens the mailbox and copies the last one', async () => {
  const home = join(server.dir, 'mutt');
  mkdirSync(home, { recursive: true });
  const rc = join(home, 'muttrc');
  writeFileSync(
    rc,
    [
      `set from="${user}"`,
      `set smtp_url="smtp://${encodeURIComponent(user)}:${password}@127.0.0.1:${server.ports.submission}/"`,
      'set ssl_starttls=no',
      'set ssl_force_tls=no',
      'set record=""',
      'set copy=no',
      'set confirmappend=no',
      'set confirmcreate=no',
      'set header_cache=""',
      `set folder="${home}"`,
      'set quit=yes',
    ].join('\n'),
  );
  const env = { HOME: home, TERM: 'xterm' };
  await mustRun('mutt', ['-F', rc, '-s', 'sent by mutt', 'friend@elsewhere.test'], { env, input: 'hello from mutt\n' });
  expect(await findBySubject('sent by mutt')).toContain('hello from mutt');

  const out = join(home, 'out.mbox');
  const keys = `<last-entry><copy-message><kill-line>${out}<enter><quit>`;
  const url = `imap://${encodeURIComponent(user)}:${password}@127.0.0.1:${server.ports.imap}/INBOX`;
  const command = `mutt -F ${rc} -f '${url}' -e 'push "${keys}"'`;
  const seen = await runProgram('script', ['-qec', command, '/dev/null'], { env, seconds: 20 });
  expect(readFileSync(out, 'latin1'), seen.stdout.slice(-500)).toContain('hello from mutt');
});

testWith('curl', 'curl lists and fetches by POP3, with STLS and with TLS from the start, and deletes', async () => {
  const file = join(server.dir, 'pop3.eml');
  writeFileSync(file, 'From: <a@remote.test>\r\nSubject: by pop3\r\n\r\n.dot\r\nhello pop3\r\n');
  const smtp = `smtp://127.0.0.1:${server.ports.smtp}/client.remote.test`;
  await mustRun('curl', ['-sS', smtp, '--mail-from', 'a@remote.test', '--mail-rcpt', 'post@localhost', '-T', file]);
  const login = ['-sS', '-u', `${user}:${password}`, '--cacert', localCertificate(server)];
  const { pop3, pop3s } = server.ports;
  const stls = [...login, '--ssl-reqd', '--resolve', `localhost:${pop3}:127.0.0.1`];
  const tls = [...login, '--resolve', `localhost:${pop3s}:127.0.0.1`];
  const listed = (await mustRun('curl', [...stls, `pop3://localhost:${pop3}/`])).stdout;
  const last = listed.trim().split('\r\n').length;
  const { stdout } = await mustRun('curl', [...tls, `pop3s://localhost:${pop3s}/${last}`]);
  expect(stdout).toMatch(/Subject: by pop3\r\n\r\n\.dot\r\nhello pop3\r\n$/);
  const ids = (await mustRun('curl', [...tls, '-X', 'UIDL', `pop3s://localhost:${pop3s}/`])).stdout;
  expect(ids).toMatch(new RegExp(`^${last} \\d+-\\d+\r$`, 'm'));
  await mustRun('curl', [...tls, '-l', '-X', 'DELE', `pop3s://localhost:${pop3s}/${last}`]);
  const after = (await mustRun('curl', [...stls, `pop3://localhost:${pop3}/`])).stdout.trim();
  expect(after === '' ? 0 : after.split('\r\n').length).toBe(last - 1);
  const refused = await runProgram('curl', [...tls, '-u', `${user}:wrong`, `pop3s://localhost:${pop3s}/`]);
  expect(refused.status).not.toBe(0);
});

testWith('python3', 'Python: poplib with STLS and TLS, through UIDL, TOP, RETR, DELE, RSET', async () => {
  const script = `
import poplib, smtplib, ssl, sys
smtp, pop3, pop3s, ca = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
context = ssl.create_default_context(cafile=ca)
with smtplib.SMTP('127.0.0.1', smtp) as s:
    for n in range(3):
        s.sendmail('a@remote.test', ['post@localhost'], 'Subject: poplib %d\\r\\n\\r\\none\\r\\n.\\r\\n..three\\r\\n' % n)
p = poplib.POP3('localhost', pop3)
p.stls(context)
assert 'SASL' in p.capa() and 'UIDL' in p.capa()
p.utf8()
p.user('${user}'); p.pass_('${password}')
count, size = p.stat()
listed = p.list()[1]
assert len(listed) == count and sum(int(line.split()[1]) for line in listed) == size
ids = [line.split()[1] for line in p.uidl()[1]]
assert len(set(ids)) == count
assert p.top(count, 1)[1][-1] == b'one'
lines = p.retr(count)[1]
assert lines[-3:] == [b'one', b'.', b'..three'], lines
assert sum(len(line) + 2 for line in lines) == int(listed[-1].split()[1])
p.dele(count); p.rset(); p.dele(count); p.dele(count - 2)
p.quit()
p = poplib.POP3_SSL('localhost', pop3s, context=context)
p.user('${user}'); p.pass_('${password}')
assert [line.split()[1] for line in p.uidl()[1]] == ids[:-3] + [ids[-2]]
p.quit()
try:
    p = poplib.POP3_SSL('localhost', pop3s, context=context)
    p.user('${user}'); p.pass_('wrong')
    raise SystemExit('a wrong password was taken')
except poplib.error_proto as e:
    assert b'[AUTH]' in e.args[0]
print('done')
`;
  const file = join(server.dir, 'pop.py');
  writeFileSync(file, script);
  const { smtp, pop3, pop3s } = server.ports;
  const args = [file, String(smtp), String(pop3), String(pop3s), localCertificate(server)];
  expect((await mustRun('python3', args)).stdout).toContain('done');
});
