/** `posthorn sendmail` as programs call it, against `posthorn localserve`. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { otherCertificate } from '../../src/net/test-certificates.ts';
import { ImapSession } from './harness/imap-session.ts';
import { mustRun, runProgram } from './harness/programs.ts';
import { localCertificate, startLocal, type TestServer } from './harness/server.ts';

const program = join(import.meta.dirname, '../../bin/posthorn');
const foreignCa = join(mkdtempSync(join(tmpdir(), 'posthorn-sendmail-')), 'ca.pem');
writeFileSync(foreignCa, otherCertificate.certPem);
let server: TestServer;

beforeAll(async () => {
  server = await startLocal();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(dirname(foreignCa), { recursive: true });
});

function sendmail(args: readonly string[], input: string, settings: Readonly<Record<string, string>> = {}) {
  const file = join(server.dir, 'sendmail.yaml');
  const all = {
    ...{ host: 'localhost', tls: 'implicit', port: String(server.ports.submissions), ca: localCertificate(server) },
    ...{ from: 'post@localhost', username: 'post@localhost', password: 'posthorn', ...settings },
  };
  writeFileSync(
    file,
    Object.entries(all)
      .filter(([, value]) => value !== '')
      .map(([key, value]) => `${key}: ${value}\n`)
      .join(''),
  );
  return runProgram(program, ['sendmail', '--config', file, ...args], { input });
}

async function newest(): Promise<string> {
  const imap = await ImapSession.login(server.ports.imap, 'post@localhost', 'posthorn');
  const { untagged: selected } = await imap.ok('SELECT INBOX');
  const count = selected.map(({ line }) => /(\d+) EXISTS/.exec(line)?.[1]).find((found) => found !== undefined);
  const { untagged } = await imap.ok(`FETCH ${count} BODY.PEEK[]`);
  await imap.logout();
  return untagged[0]?.literals[0]?.toString() ?? '';
}

test('the message is with the server when the program ends', async () => {
  const input = 'To: x@elsewhere.test\nBcc: secret@elsewhere.test\nSubject: ünï\n\n.\n..\n.dots é\n';
  expect(await sendmail(['-ti', '-F', 'Ann'], input)).toEqual({ status: 0, stdout: '', stderr: '' });
  const message = await newest();
  expect(message).toContain('\r\nSubject: ünï\r\n\r\n.\r\n..\r\n.dots é\r\n');
  expect(message).toMatch(/^From: Ann <post@localhost>\r\n/m);
  expect(message).toMatch(/^Date: .*\+0000\r\n/m);
  expect(message).not.toContain('secret@');
});
test('without -i a dot ends the message', async () => {
  expect((await sendmail(['x@elsewhere.test'], 'Subject: cut\n\none\n.\ntwo\n')).status).toBe(0);
  expect(await newest()).toMatch(/Subject: cut\r\n\r\none\r\n$/);
});
test.each([
  ['a wrong password', { password: 'wrong' }, 77],
  ['a certificate that nobody vouches for', { ca: foreignCa }, 77],
  ['a server that does not exist', { host: 'nobody.invalid' }, /^(?:68|75)$/],
])('%s', async (_, settings, status) => {
  const done = await sendmail(['x@elsewhere.test'], 'Subject: x\n\n', settings);
  expect(String(done.status)).toMatch(status instanceof RegExp ? status : new RegExp(`^${status}$`));
  expect(done.stderr).toMatch(/^posthorn sendmail: .*\n$/);
});
test('a client key instead of a password: PEM or Ed25519 seed, TLS from the start or STARTTLS, until it is removed', async () => {
  const admin = (...args: readonly string[]) =>
    mustRun(program, ['config', 'tlspubkey', ...args, '--config', join(server.dataDir, 'posthorn.yaml')]);
  const [stem, other] = [join(server.dir, 'printer'), join(server.dir, 'scanner')];
  await admin('gen', 'post@localhost', stem);
  const { stdout: fingerprint } = await admin('gen', 'post@localhost', other, '--type', 'ed25519');
  const none = { username: '', password: '' };
  const seed = { ...none, clientKeyEd25519: readFileSync(`${other}.seed`, 'utf8').trim() };
  const starttls = { tls: 'starttls', port: String(server.ports.submission) };
  for (const [at, settings] of [
    { ...none, clientCert: `${stem}.pem` },
    { ...none, clientCert: `${stem}.pem`, ...starttls },
    seed,
    { ...seed, ...starttls },
  ].entries()) {
    const done = await sendmail(['x@elsewhere.test'], `Subject: by key ${at}\n\nhello\n`, settings);
    expect(done).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(await newest()).toContain(`Subject: by key ${at}\r\n`);
  }
  await admin('rm', fingerprint.trim());
  const removed = await sendmail(['x@elsewhere.test'], 'Subject: x\n\n', seed);
  expect(removed.stderr).toContain('nobody logs in with the key');
  expect(removed.status).toBe(77);
});

test('STARTTLS', async () => {
  const settings = { tls: 'starttls', port: String(server.ports.submission) };
  expect((await sendmail(['-f', 'post@localhost', 'x@elsewhere.test'], 'Subject: x\n\n', settings)).status).toBe(0);
});

test('who is told 75 sends to all again: never when somebody has the message', async () => {
  const send = async (...to: readonly string[]) => {
    const { status, stderr } = await sendmail(to, 'Subject: parts\n\n');
    return [status, stderr.includes('the other recipients get it')];
  };
  expect(await send('rcpttotemperror@elsewhere.test')).toEqual([75, false]);
  expect(await send('x@elsewhere.test', 'rcpttotemperror@elsewhere.test')).toEqual([69, true]);
  expect(await send('x@elsewhere.test', 'rcpttopermerror@elsewhere.test')).toEqual([67, true]);
});

test('a server that takes one recipient at a time and stops after the first', async () => {
  let transactions = 0;
  const answer = (line: string): string => {
    if (line.startsWith('EHLO')) return '250-host\r\n250 LIMITS RCPTMAX=1\r\n';
    if (line.startsWith('MAIL')) return ++transactions > 1 ? '451 4.3.0 no more today\r\n' : '250 ok\r\n';
    if (line === 'DATA') return '354 go\r\n';
    return line === '' || line.startsWith('Subject') || /^(?:Date|From|Message-ID):/.test(line) ? '' : '250 ok\r\n';
  };
  const host = createServer((socket) => {
    socket.on('error', () => {});
    socket.write('220 host ESMTP\r\n');
    socket.setEncoding('latin1').on('data', (text: string) => {
      for (const line of text.split('\r\n')) socket.write(answer(line));
      if (text.startsWith('QUIT')) socket.end();
    });
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  const address = host.address();
  const port = typeof address === 'object' && address !== null ? String(address.port) : '';
  const file = join(server.dir, 'one.yaml');
  writeFileSync(file, `host: 127.0.0.1\nport: ${port}\ntls: none\nfrom: post@localhost\n`);
  const input = 'Subject: two\n\n';
  const args = ['sendmail', '--config', file, 'first@elsewhere.test', 'second@elsewhere.test'];
  const { status, stderr } = await runProgram(program, args, { input });
  host.close();
  expect(stderr).toContain('only <first@elsewhere.test> got it');
  expect(status).toBe(69);
});
