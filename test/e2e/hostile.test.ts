/** Clients that mean no good, and clients that are only slow: the server goes on, within its memory, for everyone else. */
import { createHash, randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ImapSession } from './harness/imap-session.ts';
import { addedMemory } from './harness/server-memory.ts';
import { startServe, type Account, type TestServer } from './harness/server.ts';

const account: Account = { name: 'calm', address: 'calm@example.test', password: 'whatever comes' };
const mb = 1 << 20;
let server: TestServer;

beforeAll(async () => {
  server = await startServe({ accounts: [account] });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const login = (): Promise<ImapSession> => ImapSession.login(server.ports.imap, account.address, account.password);

/** The server still answers, and it is the same process. */
async function expectAlive(pid: number): Promise<void> {
  const imap = await login();
  await imap.ok('NOOP');
  await imap.logout();
  const smtp = await converse(server.ports.smtp, ['EHLO client.remote.test\r\n', 'QUIT\r\n']);
  expect(smtp).toMatch(/^220 [^]*\n221 /);
  expect(server.pid).toBe(pid);
}

/** Sends all pieces at once and collects what comes until the server closes or has been silent for a moment. */
function converse(port: number, pieces: readonly (string | Uint8Array)[], silenceMs = 700): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    const end = (): void => {
      socket.destroy();
      resolve(text);
    };
    socket.setEncoding('latin1').on('data', (data: string) => (text += data));
    socket.setTimeout(silenceMs, end);
    socket.on('error', end);
    socket.on('close', end);
    for (const piece of pieces) socket.write(piece);
  });
}

/** Writes as long as the server takes it, with backpressure; resolves with the octets that went out before it closed. */
async function pour(port: number, first: string, chunk: Uint8Array, totalBytes: number): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  let closed = false;
  socket.on('error', () => undefined);
  socket.on('close', () => (closed = true));
  socket.resume();
  socket.write(first);
  let sent = 0;
  while (!closed && sent < totalBytes) {
    sent += chunk.length;
    if (!socket.write(chunk)) await Promise.race([event(socket, 'drain'), event(socket, 'close')]);
  }
  socket.destroy();
  return sent;
}

function event(socket: Socket, name: string): Promise<void> {
  return new Promise((resolve) => socket.once(name, () => resolve()));
}

test('an HTTP request, TLS on a plain port, and noise: refused or ignored on every port', async () => {
  const { pid } = server;
  const http = await converse(server.ports.smtp, [
    'POST / HTTP/1.1\r\nHost: mail\r\nContent-Length: 20\r\n\r\nMAIL FROM:<a@b.test>',
  ]);
  expect(http).not.toMatch(/\n250 [^]*\n250 /);
  for (const port of Object.values(server.ports)) {
    await converse(port, [randomBytes(64_000)], 300);
    await converse(port, [Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]), randomBytes(1000)], 300);
    await converse(port, [Buffer.alloc(10_000, '\r\n')], 300);
  }
  await expectAlive(pid);
});

test('a line without end costs no memory, on SMTP and IMAP, before login', async () => {
  const { pid } = server;
  const added = await addedMemory(server.pid, async () => {
    await pour(server.ports.smtp, 'EHLO ', Buffer.alloc(mb, 'a'), 64 * mb);
    await pour(server.ports.imap, 'a1 LOGIN ', Buffer.alloc(mb, 'a'), 64 * mb);
  });
  expect(added).toBeLessThan(32 * mb);
  await expectAlive(pid);
});

test('literals before login: huge, many, negative; deep parentheses', async () => {
  const { pid } = server;
  const added = await addedMemory(server.pid, async () => {
    expect(await converse(server.ports.imap, ['a1 LOGIN {4294967295+}\r\n'])).not.toMatch(/a1 OK/);
    expect(await converse(server.ports.imap, ['a1 LOGIN {-1}\r\n'])).toMatch(/a1 BAD/);
    await pour(server.ports.imap, 'a1 LOGIN {100000000+}\r\n', Buffer.alloc(mb, 'x'), 100 * mb);
    await pour(server.ports.imap, 'a1 LOGIN', Buffer.from(' {4096+}\r\n'.padEnd(4106, 'y').repeat(100)), 64 * mb);
    await converse(server.ports.imap, [`a1 SEARCH ${'('.repeat(200_000)}\r\n`]);
  });
  expect(added).toBeLessThan(32 * mb);
  const imap = await login();
  await imap.ok('SELECT INBOX');
  for (const command of [
    `SEARCH ${'('.repeat(5000)}ALL${')'.repeat(5000)}`,
    `SEARCH ${'NOT '.repeat(3000)}ALL`,
    `SEARCH ${'OR '.repeat(2000)}ALL`,
    `FETCH ${'1:*,'.repeat(2000)}1 (FLAGS)`,
    `FETCH 1 (${'('.repeat(3000)}`,
    'FETCH 4294967296 (FLAGS)',
    `LIST "" ${'%*'.repeat(3000)}`,
  ]) {
    const answer = await imap.send(command);
    expect(['OK', 'NO', 'BAD']).toContain(answer.status);
  }
  await imap.ok('NOOP');
  await imap.logout();
  await expectAlive(pid);
});

test('what is sent before TLS does not survive STARTTLS', async () => {
  const smtp = await converse(server.ports.smtp, ['EHLO a.test\r\nSTARTTLS\r\nMAIL FROM:<injected@remote.test>\r\n']);
  expect(smtp.slice(smtp.indexOf('\n220 ') + 1)).toMatch(/^220 [^\n]*\n$/);
  const imap = await converse(server.ports.imap, ['a1 STARTTLS\r\na2 CAPABILITY\r\n']);
  expect(imap).toMatch(/a1 OK/);
  expect(imap).not.toMatch(/a2 OK/);
});

test('only CRLF.CRLF ends a message: nothing smuggled becomes a second one', async () => {
  const before = await countInbox();
  for (const end of ['\n.\n', '\n.\r\n', '\r.\r', '\r\n.\n', '\r\n.\r', '\r.\r\n', '\n\n.\r\n']) {
    const smuggled = `MAIL FROM:<evil@remote.test>\r\nRCPT TO:<${account.address}>\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n.\r\n`;
    await converse(
      server.ports.smtp,
      [
        `EHLO a.test\r\nMAIL FROM:<a@remote.test>\r\nRCPT TO:<${account.address}>\r\nDATA\r\n`,
        `Subject: outer\r\n\r\nbody${end}${smuggled}QUIT\r\n`,
      ],
      300,
    );
  }
  const imap = await login();
  await imap.ok('SELECT INBOX');
  const smuggled = await imap.ok('SEARCH FROM evil');
  const held = await imap.ok('SEARCH HEADER Return-Path evil');
  expect([smuggled, held].flatMap(({ untagged }) => untagged[0]?.line ?? '').join('')).toMatch(/^(?:\* SEARCH ?)+$/);
  expect((await countInbox()) - before).toBeLessThanOrEqual(7);
  await imap.logout();
});

async function countInbox(): Promise<number> {
  const imap = await login();
  const { untagged } = await imap.ok('STATUS INBOX (MESSAGES)');
  await imap.logout();
  return Number(/MESSAGES (\d+)/.exec(untagged[0]?.line ?? '')?.[1]);
}

test('100 MB by SMTP and by APPEND: little memory, and every octet', async () => {
  const { pid } = server;
  const chunk = Buffer.from(
    'a line of some length that is repeated until there are a hundred megabytes\r\n'.repeat(1000),
  );
  const head = Buffer.from('Subject: large\r\n\r\n');
  const count = Math.floor((100 * mb - 10_000) / chunk.length);
  const size = head.length + count * chunk.length;
  const hash = createHash('sha256').update(head);
  for (let i = 0; i < count; i++) hash.update(chunk);
  const wanted = hash.digest('hex');

  const bySmtp = await addedMemory(server.pid, async () => {
    const reply = await sendLarge(
      server.ports.smtp,
      `EHLO a.test\r\nMAIL FROM:<a@remote.test> SIZE=${size}\r\nRCPT TO:<${account.address}>\r\nDATA\r\n`,
      { head, chunk, count },
      '.\r\n',
      /\n354 [^\n]*\n(?:250|[45]\d\d) [^\n]*\n/,
    );
    expect(reply).toMatch(/\n354 [^\n]*\n250 /);
  });
  const login = `a1 LOGIN "${account.address}" "${account.password}"\r\n`;
  const byAppend = await addedMemory(server.pid, async () => {
    const reply = await sendLarge(
      server.ports.imap,
      `${login}a2 APPEND Archive {${size}+}\r\n`,
      { head, chunk, count },
      '\r\n',
      /\na2 [^\n]*\n/,
    );
    expect(reply).toMatch(/\na2 OK/);
  });
  expect(bySmtp).toBeLessThan(32 * mb);
  expect(byAppend).toBeLessThan(32 * mb);

  const reading = await addedMemory(server.pid, async () => {
    for (const [mailbox, number] of [
      ['Archive', '1'],
      ['INBOX', '*'],
    ]) {
      expect(await hashOfBody(mailbox ?? '', number ?? '', size)).toBe(wanted);
    }
  });
  expect(reading).toBeLessThan(32 * mb);
  await expectAlive(pid);
});

interface Large {
  readonly head: Buffer;
  readonly chunk: Buffer;
  readonly count: number;
}

/** Sends with backpressure; resolves with all that the server said once `done` matches. */
async function sendLarge(
  port: number,
  before: string,
  { head, chunk, count }: Large,
  after: string,
  done: RegExp,
): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  const answered = new Promise<void>((resolve, reject) => {
    socket.setEncoding('latin1').on('data', (data: string) => {
      text += data;
      if (done.test(text)) resolve();
    });
    socket.once('close', () => reject(new Error(`closed after: ${text}`)));
  });
  answered.catch(() => undefined);
  socket.on('error', () => undefined);
  socket.write(before);
  socket.write(head);
  for (let i = 0; i < count; i++) {
    if (!socket.write(chunk)) await Promise.race([event(socket, 'drain'), answered]);
  }
  socket.write(after);
  await answered;
  socket.destroy();
  return text;
}

/** SHA-256 of the last `size` octets of a message, read without keeping it. */
function hashOfBody(mailbox: string, number: string, size: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.ports.imap, '127.0.0.1');
    const hash = createHash('sha256');
    let head = '';
    let skip = -1;
    let left = size;
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`closed after ${head.slice(-300)}`)));
    socket.on('data', (data: Buffer) => {
      let at = 0;
      if (skip < 0) {
        head += data.toString('latin1');
        const literal = /BODY\[\] \{(\d+)\}\r\n/.exec(head);
        if (!literal) return;
        skip = Number(literal[1]) - size;
        at = data.length - (head.length - literal.index - literal[0].length);
      }
      const skipped = Math.min(skip, data.length - at);
      skip -= skipped;
      const octets = data.subarray(at + skipped, Math.min(data.length, at + skipped + left));
      hash.update(octets);
      left -= octets.length;
      if (left > 0) return;
      socket.removeAllListeners('close');
      socket.destroy();
      resolve(hash.digest('hex'));
    });
    socket.write(
      `a1 LOGIN "${account.address}" "${account.password}"\r\na2 EXAMINE "${mailbox}"\r\na3 FETCH ${number} (BODY.PEEK[])\r\n`,
    );
  });
}

test('a client that asks for much and reads nothing: others are served, memory stays', async () => {
  const { pid } = server;
  const imap = await login();
  await imap.ok('CREATE Slow');
  const message = Buffer.from(
    `Subject: for the slow one\r\n\r\n${'a line of text that takes some room\r\n'.repeat(25_000)}`,
  );
  for (let i = 0; i < 60; i++) await imap.append('Slow', Buffer.concat([Buffer.from(`X-N: ${i}\r\n`), message]));
  await imap.ok('SELECT Slow');
  const slow: Socket[] = [];
  const added = await addedMemory(server.pid, async () => {
    for (let i = 0; i < 4; i++) {
      const socket = connect(server.ports.imap, '127.0.0.1');
      slow.push(socket);
      socket.on('error', () => undefined);
      socket.pause();
      socket.write(
        `a1 LOGIN "${account.address}" "${account.password}"\r\na2 SELECT Slow\r\na3 FETCH 1:* (BODY.PEEK[])\r\n`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 1500));
    // Served while the four are stuck: reading, writing, and the messages that the four are reading go away.
    await imap.ok('FETCH 1:60 (UID FLAGS ENVELOPE)');
    await imap.ok('STORE 1:10 +FLAGS.SILENT (\\Deleted)');
    await imap.ok('EXPUNGE');
    await expectAlive(pid);
  });
  expect(added).toBeLessThan(48 * mb);
  for (const socket of slow) socket.destroy();
  await imap.logout();
  await expectAlive(pid);
});

test('a client that goes away in the middle of a message leaves nothing behind', async () => {
  const before = await countInbox();
  for (let i = 0; i < 20; i++) {
    await pour(
      server.ports.smtp,
      `EHLO a.test\r\nMAIL FROM:<a@remote.test>\r\nRCPT TO:<${account.address}>\r\nDATA\r\nSubject: half\r\n\r\n`,
      Buffer.alloc(300_000, 'half a message\r\n'),
      900_000,
    );
  }
  expect(await countInbox()).toBe(before);
});
