/**
 * IMAP clients that never read, that send an octet now and then, that only wait, and that send everything at once: memory
 * stays bounded and everybody else is served. test/soak/hostile-imap.test.ts does the same with many and for long.
 */
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ImapSession } from './harness/imap-session.ts';
import { addedMemory } from './harness/server-memory.ts';
import { startServe, type Account, type TestServer } from './harness/server.ts';

const account: Account = { name: 'calm', address: 'calm@example.test', password: 'whatever comes' };
const mb = 1 << 20;
let server: TestServer;
const sockets: Socket[] = [];

beforeAll(async () => {
  server = await startServe({ accounts: [account] });
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const login = (): Promise<ImapSession> => ImapSession.login(server.ports.imap, account.address, account.password);
const loginLine = `l LOGIN "${account.address}" "${account.password}"\r\n`;

/** A connection that is closed after the test. */
function open(localAddress = '127.0.0.1'): Socket {
  const socket = connect({ port: server.ports.imap, host: '127.0.0.1', localAddress });
  socket.on('error', () => undefined);
  sockets.push(socket);
  return socket;
}

/** Resolves with all that was said once it holds `text`. */
function until(socket: Socket, text: string): Promise<string> {
  let said = '';
  return new Promise((resolve, reject) => {
    socket.on('close', () => reject(new Error(`closed after: ${said.slice(-300)}`)));
    socket.setEncoding('latin1').on('data', (data: string) => {
      said += data;
      if (said.includes(text)) resolve(said);
    });
  });
}

/** Somebody else reads, writes and searches, and it is the same process. */
async function expectServed(pid: number): Promise<void> {
  const imap = await login();
  await imap.append('Served', Buffer.from('Subject: served\r\n\r\nas ever\r\n'));
  await imap.ok('SELECT Served');
  await imap.ok('FETCH 1:* (FLAGS ENVELOPE BODY.PEEK[])');
  await imap.ok('SEARCH TEXT "as ever"');
  await imap.logout();
  expect(server.pid).toBe(pid);
}

/** Much happens: 20 MB of new messages, new mailboxes, hundreds of flags, and most of it goes again. */
async function makeNews(imap: ImapSession, prefix: string): Promise<void> {
  const message = Buffer.from(`Subject: large\r\n\r\n${'a line of text that takes some room\r\n'.repeat(15_000)}`);
  for (let i = 0; i < 40; i++) await imap.append('INBOX', message);
  for (let i = 0; i < 30; i++) await imap.ok(`CREATE "${prefix}${i}"`);
  await imap.ok('SELECT INBOX');
  for (let i = 0; i < 10; i++) await imap.ok(`STORE 1:* ${i % 2 === 0 ? '+' : '-'}FLAGS.SILENT (\\Seen)`);
  await imap.ok('STORE 1:* +FLAGS.SILENT (\\Deleted)');
  await imap.ok('EXPUNGE');
}

test('clients that asked for every new message and never read: what they are owed is not kept', async () => {
  const { pid } = server;
  const imap = await login();
  await imap.ok('CREATE Served');
  // The first time costs memory that has nothing to do with them.
  await makeNews(imap, 'first');
  const rules =
    'NOTIFY SET (selected (MessageNew (UID BODY.PEEK[]) MessageExpunge FlagChange)) ' +
    '(personal (MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange MailboxMetadataChange))';
  for (let i = 0; i < 6; i++) {
    const socket = open();
    socket.pause();
    socket.write(`${loginLine}a SELECT INBOX\r\nb ${rules}\r\n`);
  }
  const added = await addedMemory(pid, async () => {
    await makeNews(imap, 'second');
    await expectServed(pid);
  });
  // Together they are owed 120 MB.
  expect(added).toBeLessThan(64 * mb);
  // One that reads after all is told from where it stopped.
  const [late] = sockets;
  if (late === undefined) throw new Error('no client');
  const heard = until(late, 'FETCH (UID ');
  late.resume();
  await heard;
  await imap.logout();
}, 240_000);

test('clients that send an octet now and then hold up nobody', async () => {
  const { pid } = server;
  const commands = ['a LOGIN "nobody" "nothing"\r\n', `${loginLine}a APPEND INBOX {2000+}\r\n`];
  const added = await addedMemory(pid, async () => {
    const slow = Array.from({ length: 100 }, (_each, i) => open(`127.0.2.${1 + (i % 50)}`));
    for (const [i, socket] of slow.entries()) socket.write((commands[i % 2] ?? '').slice(0, -3));
    for (let octet = 0; octet < 10; octet++) {
      for (const socket of slow) socket.write('x');
      await expectServed(pid);
    }
  });
  expect(added).toBeLessThan(64 * mb);
}, 120_000);

test('many that wait in IDLE or after NOTIFY hear of a new message, and cost little', async () => {
  const { pid } = server;
  const count = 400;
  const waiting: Promise<string>[] = [];
  const added = await addedMemory(pid, async () => {
    for (let i = 0; i < count; i++) {
      const socket = open(`127.0.3.${1 + (i % 100)}`);
      waiting.push(until(socket, ' STATUS Served (').catch((error: unknown) => String(error)));
      const rules = 'NOTIFY SET (personal (MessageNew MessageExpunge))';
      socket.write(`${loginLine}b ${rules}\r\n${i % 2 === 0 ? 'c IDLE\r\n' : ''}`);
      if (i % 50 === 49) await expectServed(pid);
    }
    await expectServed(pid);
    const said = await Promise.all(waiting);
    expect(said.filter((text) => !text.includes('* STATUS Served (MESSAGES '))).toEqual([]);
  });
  expect(added).toBeLessThan(count * 100 * 1024 + 16 * mb);
}, 120_000);

test('a client that sends all its commands at once gets every answer in order, and another one that reads none is stopped', async () => {
  const { pid } = server;
  const setup = await login();
  await setup.ok('CREATE Pipe');
  for (let i = 0; i < 50; i++) await setup.append('Pipe', Buffer.from(`Subject: ${i}\r\n\r\nsmall\r\n`));
  await setup.logout();
  const kinds = ['NOOP', 'FETCH 1:* (FLAGS)', 'SEARCH UNSEEN', 'STATUS Pipe (MESSAGES)', 'UID FETCH 1:5 (ENVELOPE)'];
  const commands = Array.from({ length: 6000 }, (_each, i) => `t${i} ${kinds[i % kinds.length]}\r\n`);
  const all = `${loginLine}s SELECT Pipe\r\n${commands.join('')}`;
  const added = await addedMemory(pid, async () => {
    const reader = open();
    const said = until(reader, '\nt5999 ');
    reader.write(all);
    const deaf = open();
    deaf.pause();
    for (let i = 0; i < 20; i++) deaf.write(all);
    await expectServed(pid);
    const tags = [...(await said).matchAll(/^t(\d+) OK /gm)].map(([, tag]) => Number(tag));
    expect(tags).toEqual(commands.map((_line, i) => i));
    await expectServed(pid);
  });
  expect(added).toBeLessThan(48 * mb);
}, 120_000);
