/** What was given can be taken back: app passwords one by one, the main password for programs, a whole account. At once. */
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServe, type Service, type TestServer } from './harness/server.ts';

const ann = { name: 'ann', address: 'ann@example.test', password: 'ann has a password' };
let server: TestServer;
const open: Session[] = [];

beforeAll(async () => {
  server = await startServe({ accounts: [ann] });
});
afterAll(async () => {
  for (const session of open) session.close();
  await server[Symbol.asyncDispose]();
});

/** A connection with TLS from the start, line by line. */
class Session {
  heard = '';
  closed = false;
  readonly #socket: TLSSocket;

  constructor(service: Service) {
    this.#socket = connect({ port: server.ports[service], host: '127.0.0.1', rejectUnauthorized: false });
    this.#socket.setEncoding('latin1').on('data', (text: string) => (this.heard += text));
    this.#socket.on('error', () => {}).once('close', () => (this.closed = true));
    open.push(this);
  }

  say(line: string): void {
    this.#socket.write(`${line}\r\n`);
  }

  async hear(what: RegExp): Promise<void> {
    await expect.poll(() => this.heard, { timeout: 20_000 }).toMatch(what);
  }

  close(): void {
    this.#socket.destroy();
  }
}

const plain = (password: string) => Buffer.from(`\0${ann.address}\0${password}`).toString('base64');
const logins = {
  imaps: { say: (password: string) => `a AUTHENTICATE PLAIN ${plain(password)}`, yes: /^a OK/m, no: /^a NO/m },
  pop3s: { say: (password: string) => `AUTH PLAIN ${plain(password)}`, yes: /^\+OK \d+ messages/m, no: /^-ERR/m },
  submissions: { say: (password: string) => `AUTH PLAIN ${plain(password)}`, yes: /^235 /m, no: /^5\d\d /m },
} as const;

/** Says the password; what was heard tells whether it was taken. */
async function logIn(service: keyof typeof logins, password: string): Promise<Session> {
  const session = new Session(service);
  await session.hear(/\r\n/);
  if (service === 'submissions') session.say('EHLO client.test');
  session.say(logins[service].say(password));
  await session.hear(new RegExp(`${logins[service].yes.source}|${logins[service].no.source}`, 'm'));
  return session;
}

async function enter(service: keyof typeof logins, password: string): Promise<Session> {
  const session = await logIn(service, password);
  expect(session.heard).toMatch(logins[service].yes);
  return session;
}

async function addAppPassword(name: string, ...more: readonly string[]): Promise<string> {
  const { stdout } = await server.admin('account', 'app-password', 'add', 'ann', name, ...more);
  return /(?:[a-z2-7]{5}-){4}[a-z2-7]{5}/.exec(stdout)?.[0] ?? '';
}

const faces = ['imaps', 'pop3s', 'submissions'] as const;

test('app passwords are for their protocols, and go one by one with their sessions', async () => {
  const [phone, laptop] = [await addAppPassword('phone'), await addAppPassword('laptop', '--protocols', 'imap')];
  const ofPhone = await Promise.all(faces.map((face) => enter(face, phone)));
  const others = [await enter('imaps', laptop), await enter('imaps', ann.password), await enter('pop3s', ann.password)];
  expect((await logIn('pop3s', laptop)).heard).toMatch(/^-ERR \[AUTH\]/m);
  await server.admin('account', 'app-password', 'rm', 'ann', 'phone');
  await expect.poll(() => ofPhone.map(({ closed }) => closed), { timeout: 20_000 }).toEqual([true, true, true]);
  for (const { heard } of ofPhone)
    expect(heard).toMatch(/^(?:\* BYE \[UNAVAILABLE\]|-ERR \[SYS\/PERM\]|421 4\.7\.0) .*\r\n$/m);
  for (const face of faces) expect((await logIn(face, phone)).heard).toMatch(logins[face].no);
  expect(others.map(({ closed }) => closed)).toEqual([false, false, false]);
  const { stdout } = await server.admin('account', 'logins', 'ann', '--json');
  expect(stdout).toContain('"proofName": "laptop"');
});

test('a main password for the web alone: programs that use it are out, app passwords stay', async () => {
  const tablet = await addAppPassword('tablet');
  const [main, app] = [await enter('imaps', ann.password), await enter('imaps', tablet)];
  await server.admin('config', 'account', 'set', 'ann', 'main-password=web-only');
  await expect.poll(() => main.closed, { timeout: 20_000 }).toBe(true);
  for (const face of faces) expect((await logIn(face, ann.password)).heard).toMatch(logins[face].no);
  expect(app.closed).toBe(false);
  await server.admin('config', 'account', 'set', 'ann', 'main-password=anywhere');
  await enter('imaps', ann.password);
});

test('a disabled account: sessions end, and why is told after the right password only', async () => {
  const sessions = await Promise.all(faces.map((face) => enter(face, ann.password)));
  await server.admin('config', 'account', 'disable', 'ann', '--message', 'Please call the help desk');
  await expect.poll(() => sessions.map(({ closed }) => closed), { timeout: 20_000 }).toEqual([true, true, true]);
  for (const face of faces) {
    expect((await logIn(face, ann.password)).heard).toContain('Please call the help desk');
    expect((await logIn(face, 'wrong')).heard).not.toContain('help desk');
  }
});
