/** Client certificates made with openssl, used by programs that were not written by us. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ed25519Certificate } from '../../src/net/client-certificate.ts';
import { certificateKinds, makeCertificate, readPair } from './harness/client-certificates.ts';
import type { CertificateKind, ClientCertificate } from './harness/client-certificates.ts';
import { hasProgram, mustRun, runProgram, testWith } from './harness/programs.ts';
import { startServe, type TestServer } from './harness/server.ts';

const ann = { name: 'ann', address: 'ann@example.test', password: 'ann has a password' };
const bob = { name: 'bob', address: 'bob@example.test', password: 'bob has one too' };
let server: TestServer;
const made = new Map<CertificateKind, ClientCertificate>();

beforeAll(async () => {
  server = await startServe({ accounts: [ann, bob] });
  if (!hasProgram('openssl')) return;
  for (const kind of certificateKinds) {
    const certificate = await makeCertificate(server.dir, kind);
    made.set(kind, certificate);
    await addKey(certificate);
  }
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

function of(kind: CertificateKind): ClientCertificate {
  const certificate = made.get(kind);
  if (certificate === undefined) throw new Error(`no certificate: ${kind}`);
  return certificate;
}

/** `posthorn config tlspubkey add` takes the certificate on its standard input. */
async function addKey({ cert }: ClientCertificate, ...flags: readonly string[]): Promise<void> {
  const program = join(import.meta.dirname, '../../bin/posthorn');
  const args = ['config', 'tlspubkey', 'add', ann.address, ...flags, '--config', server.config];
  await mustRun('sh', ['-c', 'in=$1; shift; exec "$@" <"$in"', 'sh', cert, program, ...args]);
}

async function fingerprintOf({ cert }: ClientCertificate): Promise<string> {
  const pipe = 'openssl x509 -in "$1" -pubkey -noout | openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary';
  const { stdout } = await mustRun('sh', ['-c', pipe, 'sh', cert]);
  return Buffer.from(stdout, 'latin1').toString('base64url');
}

/** What the server says to a client that says all of this at once. */
async function talk(port: number, input: string, ...args: readonly string[]): Promise<string> {
  const connection = ['s_client', '-connect', `127.0.0.1:${port}`, '-quiet', ...args];
  const { stdout } = await runProgram('openssl', connection, { input: input.replaceAll('\n', '\r\n'), seconds: 20 });
  return stdout;
}

const files = ({ kind, cert, key }: ClientCertificate): readonly string[] => [
  ...['-cert', cert, '-key', key],
  ...(kind === 'signed by others' ? ['-cert_chain', cert.replace(/crt$/, 'chain')] : []),
];
const logout = 'z LOGOUT\n';
const message = `From: ${ann.address}\nTo: ${bob.address}\nSubject: by certificate\n\nhello\n.\nQUIT\n`;
const submit = `EHLO client.test\nMAIL FROM:<${ann.address}>\nRCPT TO:<${bob.address}>\nDATA\n${message}`;

for (const kind of certificateKinds) {
  testWith('openssl', `openssl with a certificate that is ${kind}: PREAUTH, and submission without AUTH`, async () => {
    const { ports } = server;
    expect(await talk(ports.imaps, `a SELECT INBOX\n${logout}`, ...files(of(kind)))).toMatch(
      /^\* PREAUTH \[CAPABILITY [^]*^a OK \[READ-WRITE\]/m,
    );
    expect(await talk(ports.submissions, submit, ...files(of(kind)))).toMatch(/^250 2\.0\.0 OK, queued/m);
    expect(await talk(ports.submission, submit, '-starttls', 'smtp', ...files(of(kind)))).toMatch(
      /^250 2\.0\.0 OK, queued/m,
    );
  });
}

testWith('openssl', 'after STARTTLS of IMAP it takes EXTERNAL, which only clients with a certificate see', async () => {
  const starttls = ['-starttls', 'imap'];
  const said = `a CAPABILITY\nb AUTHENTICATE EXTERNAL =\nc SELECT INBOX\n${logout}`;
  const withOne = await talk(server.ports.imap, said, ...starttls, ...files(of('P-256')));
  expect(withOne).toMatch(/^\* CAPABILITY .*AUTH=EXTERNAL[^]*^b OK \[CAPABILITY[^]*^c OK/m);
  const without = await talk(server.ports.imap, said, ...starttls);
  expect(without).not.toMatch(/AUTH=EXTERNAL/);
  expect(without).toMatch(/^b NO \[AUTHENTICATIONFAILED\][^]*^c BAD/m);
});

testWith('openssl', 'a key that nobody has ends the connection, but not on port 25', async () => {
  const stray = files(await makeCertificate(server.dir, 'P-256', 'stray'));
  const { ports } = server;
  expect(await talk(ports.imaps, logout, ...stray)).toMatch(/^\* BYE \[ALERT\] nobody logs in/m);
  expect(await talk(ports.imap, logout, '-starttls', 'imap', ...stray)).toMatch(/^\* BYE \[ALERT\] nobody logs in/m);
  expect(await talk(ports.submissions, 'EHLO x\n', ...stray)).toMatch(/^554 5\.7\.8 /m);
  expect(await talk(ports.submission, 'EHLO x\n', '-starttls', 'smtp', ...stray)).toMatch(/^554 5\.7\.8 /m);
  expect(await talk(ports.smtp, 'EHLO x\nQUIT\n', '-starttls', 'smtp', ...stray)).toMatch(/^221 2\.0\.0 /m);
  expect(server.log).toMatch(/login failed.*unknown key/);
  expect(server.log).toMatch(/login refused.*unknown key/);
});

testWith('openssl', 'a password may be used as well, for the same account only', async () => {
  const auth = (who: typeof ann) => `AUTH PLAIN ${Buffer.from(`\0${who.address}\0${who.password}`).toString('base64')}`;
  const port = server.ports.submissions;
  const said = await talk(port, `EHLO x\n${auth(bob)}\n${auth(ann)}\nQUIT\n`, ...files(of('P-256')));
  expect(said).toMatch(/^535 5\.7\.8 [^]*^235 2\.7\.0 /m);
});

testWith('openssl', 'with --no-imap-preauth IMAPS waits for EXTERNAL', async () => {
  const certificate = await makeCertificate(server.dir, 'P-256', 'no-preauth');
  await addKey(certificate, '--no-imap-preauth');
  const said = await talk(server.ports.imaps, `a AUTHENTICATE EXTERNAL =\n${logout}`, ...files(certificate));
  expect(said).toMatch(/^\* OK \[CAPABILITY .*AUTH=EXTERNAL.*\] ready[^]*^a OK/m);
});

testWith(
  'openssl',
  '`tlspubkey gen` makes a key that logs in, for its owner alone, and overwrites nothing',
  async () => {
    const stem = join(server.dir, 'generated');
    const { stdout, stderr } = await server.admin('config', 'tlspubkey', 'gen', ann.address, stem);
    const generated = { kind: 'generated', cert: `${stem}.certificate.pem`, key: `${stem}.key.pem` };
    expect(stdout.trim()).toBe(await fingerprintOf(generated));
    for (const end of ['key.pem', 'certificate.pem', 'pem', 'p12'])
      expect(statSync(`${stem}.${end}`).mode & 0o777).toBe(0o600);
    expect(await talk(server.ports.imaps, logout, '-cert', `${stem}.pem`)).toMatch(/^\* PREAUTH/m);
    const shown = await server.admin('config', 'tlspubkey', 'show', stdout.trim());
    expect(shown.stdout).toMatch(/^lastUse +20\d\d-\S+Z from 127\.0\.0\.1 \(imap\)$/m);
    // The file for phones, taken apart again, logs in as well.
    const password = /^ {2}((?:[a-z2-7]{5}-){4}[a-z2-7]{5})$/m.exec(stderr)?.[1] ?? '';
    const unpacked = `${stem}-unpacked.pem`;
    const unpacking = ['pkcs12', '-in', `${stem}.p12`, '-passin', `pass:${password}`, '-nodes', '-out', unpacked];
    await mustRun('openssl', unpacking);
    expect(await talk(server.ports.imaps, logout, '-cert', unpacked)).toMatch(/^\* PREAUTH/m);
    const again = await server.tryAdmin('config', 'tlspubkey', 'gen', ann.address, stem);
    expect(again).toMatchObject({ status: 1 });
    expect(again.stderr).toContain('is there already');
    expect(await talk(server.ports.imaps, logout, ...files(generated))).toMatch(/^\* PREAUTH/m);
    const refused = join(server.dir, 'refused');
    expect(await server.tryAdmin('config', 'tlspubkey', 'gen', 'x@example.test', refused)).toMatchObject({ status: 1 });
    expect(existsSync(`${refused}.pem`)).toBe(false);
  },
);

testWith(
  'openssl',
  '`tlspubkey gen --type ed25519` makes a key and its seed, and `rm` takes it back at once',
  async () => {
    const stem = join(server.dir, 'ed25519');
    const { stdout } = await server.admin('config', 'tlspubkey', 'gen', ann.address, stem, '--type', 'ed25519');
    expect(await talk(server.ports.imaps, logout, '-cert', `${stem}.pem`)).toMatch(/^\* PREAUTH/m);
    const { certPem, keyPem } = ed25519Certificate(Buffer.from(readFileSync(`${stem}.seed`, 'utf8'), 'base64'));
    const fromSeed = `${stem}-seed.pem`;
    writeFileSync(fromSeed, keyPem + certPem);
    expect(await talk(server.ports.imaps, logout, '-cert', fromSeed)).toMatch(/^\* PREAUTH/m);
    await server.admin('config', 'tlspubkey', 'rm', stdout.trim());
    expect(await talk(server.ports.imaps, logout, '-cert', fromSeed)).not.toMatch(/PREAUTH/);
  },
);

testWith('msmtp', 'msmtp sends and mutt reads with the certificate alone', async () => {
  const stem = join(server.dir, 'generated-for-mutt');
  await server.admin('config', 'tlspubkey', 'gen', ann.address, stem);
  const text = `From: ${ann.address}\nTo: ${ann.address}\nSubject: for mutt\n\nhello from msmtp\n`;
  const { stderr } = await mustRun(
    'msmtp',
    [
      ...[
        '--host=127.0.0.1',
        `--port=${server.ports.submission}`,
        '--tls=on',
        '--tls-starttls=on',
        '--tls-certcheck=off',
      ],
      ...[`--tls-cert-file=${stem}.certificate.pem`, `--tls-key-file=${stem}.key.pem`, '--auth=off'],
      ...[`--from=${ann.address}`, ann.address],
    ],
    { input: text },
  );
  expect(stderr).toBe('');
  if (!hasProgram('mutt')) return;
  const home = join(server.dir, 'mutt');
  mkdirSync(home, { recursive: true });
  const [own = ''] = readdirSync(join(server.dataDir, 'tls')).filter((name) => /^(?!.*key).*\.pem$/.test(name));
  const rc = join(home, 'muttrc');
  writeFileSync(
    rc,
    [
      `set ssl_client_cert="${stem}.pem"`,
      `set certificate_file="${join(server.dataDir, 'tls', own)}"`,
      'set ssl_verify_host=no ssl_verify_dates=no ssl_usesystemcerts=no',
      'set header_cache="" confirmappend=no confirmcreate=no quit=yes',
      `set folder="${home}"`,
    ].join('\n'),
  );
  const out = join(home, 'out.mbox');
  const keys = `<last-entry><copy-message><kill-line>${out}<enter><quit>`;
  const command = `mutt -F ${rc} -f 'imaps://127.0.0.1:${server.ports.imaps}/INBOX' -e 'push "${keys}"'`;
  const env = { HOME: home, TERM: 'xterm' };
  const seen = await runProgram('script', ['-qec', command, '/dev/null'], { env, seconds: 20 });
  expect(existsSync(out) ? readFileSync(out, 'latin1') : seen.stdout.slice(-800)).toContain('hello from msmtp');
});

for (const version of ['tls1_3', 'tls1_2']) {
  testWith(
    'openssl',
    `a key that is removed takes its connections and its resumed sessions with it (${version})`,
    async () => {
      const certificate = await makeCertificate(server.dir, 'P-256', `lost-${version}`);
      await addKey(certificate);
      const session = join(server.dir, `session-${version}`);
      const { imaps } = server.ports;
      const flag = `-${version}`;
      expect(await talk(imaps, logout, flag, '-sess_out', session, ...files(certificate))).toMatch(/^\* PREAUTH/m);
      // Without a certificate: that it is known shows that the session was resumed.
      expect(await talk(imaps, logout, flag, '-sess_in', session)).toMatch(/^\* PREAUTH/m);

      const socket = connect({ port: imaps, host: '127.0.0.1', rejectUnauthorized: false, ...readPair(certificate) });
      let heard = '';
      socket.setEncoding('latin1').on('data', (text: string) => (heard += text));
      const closed = new Promise((resolve) => socket.once('close', resolve));
      await expect.poll(() => heard).toMatch(/^\* PREAUTH/);
      await server.admin('config', 'tlspubkey', 'rm', await fingerprintOf(certificate));
      await closed;
      expect(heard).toMatch(/^\* BYE /m);

      expect(await talk(imaps, logout, flag, '-sess_in', session)).toMatch(/^\* BYE \[ALERT\]/m);
    },
  );
}

testWith('curl', 'curl --cert reads and sends without a password', async () => {
  const { cert, key } = of('Ed25519');
  const tls = ['--silent', '--show-error', '--insecure', '--cert', cert, '--key', key];
  const { ports } = server;
  const pop3s = await mustRun('curl', [
    ...[...tls, '--login-options', 'AUTH=EXTERNAL', '-u', `${ann.address}:`],
    `pop3s://127.0.0.1:${ports.pop3s}/`,
  ]);
  expect(pop3s.stdout).toMatch(/^(?:\d+ \d+\r\n)+$/);
  const status = await mustRun('curl', [...tls, `imaps://127.0.0.1:${ports.imaps}/`, '-X', 'STATUS INBOX (MESSAGES)']);
  expect(status.stdout).toMatch(/^\* STATUS "?INBOX"? \(MESSAGES \d+\)/m);
  const envelope = ['--mail-from', ann.address, '--mail-rcpt', bob.address, '--upload-file', '-'];
  for (const url of [`smtps://127.0.0.1:${ports.submissions}`, `smtp://127.0.0.1:${ports.submission}`]) {
    const input = `From: ${ann.address}\r\nSubject: curl\r\n\r\nhello\r\n`;
    await mustRun('curl', [...tls, '--ssl-reqd', url, ...envelope], { input });
  }
});

testWith('python3', 'Python: imaplib with PREAUTH and with EXTERNAL, smtplib without login', async () => {
  const script = `
import imaplib, smtplib, ssl, sys
imap, imaps, submission, submissions = map(int, sys.argv[1:5])
def context():
    made = ssl.create_default_context()
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    made.load_cert_chain(sys.argv[5], sys.argv[6])
    return made
with imaplib.IMAP4_SSL('127.0.0.1', imaps, ssl_context=context()) as m:
    assert m.state == 'AUTH', m.state
    assert m.select('INBOX')[0] == 'OK'
with imaplib.IMAP4('127.0.0.1', imap) as m:
    m.starttls(context())
    assert m.state == 'NONAUTH', m.state
    assert m.authenticate('EXTERNAL', lambda challenge: b'')[0] == 'OK'
    assert m.select('INBOX')[0] == 'OK'
text = 'From: ${ann.address}\\r\\nSubject: python\\r\\n\\r\\nhello\\r\\n'
with smtplib.SMTP_SSL('127.0.0.1', submissions, context=context()) as s:
    s.sendmail('${ann.address}', ['${bob.address}'], text)
with smtplib.SMTP('127.0.0.1', submission) as s:
    s.starttls(context=context())
    s.sendmail('${ann.address}', ['${bob.address}'], text)
print('python is content')
`;
  const { imap, imaps, submission, submissions } = server.ports;
  const { cert, key } = of('RSA 2048');
  const args = ['-c', script, ...[imap, imaps, submission, submissions].map(String), cert, key];
  const { stdout } = await mustRun('python3', args, { env: { PYTHONUTF8: '1' } });
  expect(stdout).toContain('python is content');
});

test('without a certificate everything is as before', async () => {
  const socket = connect({ port: server.ports.imaps, host: '127.0.0.1', rejectUnauthorized: false });
  const greeting = await new Promise<string>((resolve, reject) => {
    socket.setEncoding('latin1').once('data', resolve).once('error', reject);
  });
  socket.destroy();
  expect(greeting).toMatch(/^\* OK \[CAPABILITY /);
  expect(greeting).not.toContain('EXTERNAL');
});
