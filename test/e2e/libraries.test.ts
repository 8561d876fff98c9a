/** Client libraries from npm against `posthorn localserve`: nodemailer sends, imapflow reads, watches and rearranges. */
import { ImapFlow } from 'imapflow';
import { createTransport } from 'nodemailer';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
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

function flow(
  options: { readonly qresync?: boolean; readonly disableCompression?: boolean; readonly port?: number } = {},
): ImapFlow {
  return new ImapFlow({
    host: 'localhost',
    port: server.ports.imaps,
    secure: true,
    tls: { ca: readFileSync(localCertificate(server)) },
    auth: { user, pass: password },
    logger: false,
    ...options,
  });
}

function mailer(port: number, secure: boolean) {
  return createTransport({
    host: 'localhost',
    port,
    secure,
    tls: { ca: readFileSync(localCertificate(server)) },
    auth: { user, pass: password },
  });
}

test('nodemailer submits over STARTTLS and over implicit TLS; the octets arrive', async () => {
  for (const [port, secure, subject] of [
    [server.ports.submission, false, 'nodemailer starttls ✓'],
    [server.ports.submissions, true, 'nodemailer implicit ✓'],
  ] as const) {
    const transport = mailer(port, secure);
    const sent = await transport.sendMail({
      from: user,
      to: 'Renée <renee@elsewhere.test>',
      subject,
      text: `text of ${subject}\n.a leading dot\n..two\n`,
      html: '<p>html</p>',
      attachments: [{ filename: 'data.bin', content: Buffer.alloc(300_000, 7) }],
    });
    expect(sent.accepted).toEqual(['renee@elsewhere.test']);
    transport.close();
    const client = flow();
    await client.connect();
    const lock = await client.getMailboxLock('INBOX');
    try {
      const found = await client.search({ header: { 'message-id': sent.messageId } }, { uid: true });
      expect(found).toHaveLength(1);
      const message = await client.fetchOne(
        String(found && found[0]),
        { source: true, envelope: true, bodyStructure: true },
        { uid: true },
      );
      if (!message) throw new Error('not fetched');
      expect(message.envelope?.subject).toBe(subject);
      expect(message.source?.toString('latin1')).toContain('\r\n.a leading dot\r\n..two\r\n');
      expect(message.bodyStructure?.childNodes).toHaveLength(2);
      const part = await client.download(String(found && found[0]), '2', { uid: true });
      const chunks: Buffer[] = [];
      for await (const chunk of part.content ?? []) chunks.push(chunk as Buffer);
      expect(Buffer.concat(chunks).equals(Buffer.alloc(300_000, 7))).toBe(true);
    } finally {
      lock.release();
      await client.logout();
    }
  }
});

test('imapflow lists the mailboxes of a new account with their special uses', async () => {
  const client = flow();
  await client.connect();
  const uses = new Map((await client.list()).map((mailbox) => [mailbox.path, mailbox.specialUse]));
  expect([...uses.keys()]).toEqual(expect.arrayContaining(['INBOX', 'Archive', 'Drafts', 'Junk', 'Sent', 'Trash']));
  expect(uses.get('Sent')).toBe('\\Sent');
  expect(uses.get('Trash')).toBe('\\Trash');
  await client.logout();
});

test('imapflow knows mailboxes, messages and threads by ids that last (OBJECTID)', async () => {
  const client = flow();
  await client.connect();
  expect(client.capabilities.has('OBJECTID')).toBe(true);
  const made = await client.mailboxCreate('Ids');
  expect(made.mailboxId).toMatch(/^F\d+$/);
  await client.mailboxRename('Ids', 'Lasting');
  await client.append('Lasting', 'Message-ID: <first@ids.test>\r\nSubject: ids\r\n\r\ntext\r\n');
  await client.append('Lasting', 'Subject: Re: ids\r\nReferences: <first@ids.test>\r\n\r\ntext\r\n');
  const opened = await client.mailboxOpen('Lasting');
  expect(opened.mailboxId).toBe(made.mailboxId);
  const messages = await client.fetchAll('1:*', { uid: true, threadId: true });
  expect(messages.map((message) => message.emailId)).toEqual([
    expect.stringMatching(/^M/),
    expect.stringMatching(/^M/),
  ]);
  expect(messages[0]?.emailId).not.toBe(messages[1]?.emailId);
  expect(messages[0]?.threadId).toMatch(/^T\d+$/);
  expect(messages[1]?.threadId).toBe(messages[0]?.threadId);
  expect(await client.search({ emailId: messages[1]?.emailId }, { uid: true })).toEqual([messages[1]?.uid]);
  expect(await client.search({ threadId: messages[0]?.threadId }, { uid: true })).toEqual(
    messages.map(({ uid }) => uid),
  );
  await client.logout();
});

test('imapflow idles and hears of a delivery, of flags and of an expunge by another session', async () => {
  const watcher = flow();
  await watcher.connect();
  await watcher.mailboxOpen('INBOX');
  const heard: string[] = [];
  const hear = (event: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no ${event}`)), 10_000);
      watcher.once(event as 'exists', () => {
        clearTimeout(timer);
        heard.push(event);
        resolve();
      });
    });
  const idling = watcher.idle();
  const exists = hear('exists');
  const transport = mailer(server.ports.submissions, true);
  await transport.sendMail({ from: user, to: user, subject: 'to be heard', text: 'x' });
  transport.close();
  await exists;

  const other = flow();
  await other.connect();
  await other.mailboxOpen('INBOX');
  const found = await other.search({ subject: 'to be heard' }, { uid: true });
  const uid = String(found && found.at(-1));
  const flags = hear('flags');
  await other.messageFlagsAdd(uid, ['\\Flagged'], { uid: true });
  await flags;
  const expunge = hear('expunge');
  await other.messageDelete(uid, { uid: true });
  await expunge;
  expect(heard).toEqual(['exists', 'flags', 'expunge']);
  await other.logout();
  watcher.close();
  await idling.catch(() => undefined);
});

test('imapflow appends, searches, moves, copies and catches up with QRESYNC', async () => {
  const client = flow({ qresync: true });
  await client.connect();
  await client.mailboxCreate('Flow');
  const first = await client.append(
    'Flow',
    'Subject: first\r\n\r\none\r\n',
    ['\\Seen', 'custom'],
    new Date('2024-02-03T04:05:06Z'),
  );
  await client.append('Flow', 'Subject: second\r\n\r\ntwo\r\n');
  await client.append('Flow', 'Subject: third\r\n\r\nthree\r\n');
  if (!first) throw new Error('not appended');
  expect(first.uid).toBe(1);
  const mailbox = await client.mailboxOpen('Flow');
  expect(mailbox.exists).toBe(3);
  const message = await client.fetchOne('1', { flags: true, internalDate: true, size: true }, { uid: true });
  if (!message) throw new Error('not fetched');
  expect([...(message.flags ?? [])].sort()).toEqual(['\\Seen', 'custom']);
  expect(new Date(message.internalDate ?? 0).toISOString()).toBe('2024-02-03T04:05:06.000Z');
  expect(await client.search({ body: 'two' }, { uid: true })).toEqual([2]);
  expect(await client.search({ keyword: 'custom' }, { uid: true })).toEqual([1]);
  const copied = await client.messageCopy('2', 'Archive', { uid: true });
  expect(copied && copied.uidMap?.size).toBe(1);
  const { highestModseq, uidValidity } = mailbox;
  await client.mailboxClose();

  const other = flow();
  await other.connect();
  await other.mailboxOpen('Flow');
  const moved = await other.messageMove('3', 'Archive', { uid: true });
  expect(moved && moved.uidMap?.size).toBe(1);
  await other.messageFlagsAdd('1', ['\\Answered'], { uid: true });
  await other.logout();

  const vanished: number[] = [];
  client.on('expunge', (event: { uid?: number }) => {
    if (event.uid !== undefined) vanished.push(event.uid);
  });
  const again = await client.mailboxOpen('Flow');
  expect(again.uidValidity).toBe(uidValidity);
  const changed: number[] = [];
  for await (const update of client.fetch(
    '1:*',
    { uid: true, flags: true },
    { uid: true, changedSince: highestModseq ?? 0n },
  )) {
    changed.push(update.uid);
  }
  expect(changed).toEqual([1]);
  expect(again.exists).toBe(2);
  await client.mailboxClose();
  await client.mailboxDelete('Flow');
  await client.logout();
});

test('imapflow compresses (COMPRESS=DEFLATE): the same octets arrive, in a fraction of the traffic', async () => {
  const source = Buffer.from(`Subject: squeezed\r\n\r\n${'the same line again and again\r\n'.repeat(10_000)}`);
  const noise = Buffer.from(`Subject: noise\r\n\r\n${randomBytes(200_000).toString('base64url')}\r\n`);
  let passed = 0;
  const relay = createServer((near) => {
    const far = connect(server.ports.imaps, '127.0.0.1');
    for (const end of [near, far]) end.on('error', () => {});
    far.on('data', (chunk: Buffer) => (passed += chunk.length));
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  const { port } = relay.address() as AddressInfo;
  const fetched: number[] = [];
  for (const disableCompression of [true, false]) {
    const client = flow({ disableCompression, port });
    await client.connect();
    expect(client.capabilities.has('COMPRESS=DEFLATE')).toBe(true);
    const mailbox = `Squeezed ${disableCompression}`;
    await client.mailboxCreate(mailbox);
    await client.append(mailbox, source);
    await client.append(mailbox, noise);
    await client.mailboxOpen(mailbox);
    const before = passed;
    const messages = await client.fetchAll('1:*', { source: true });
    fetched.push(passed - before);
    expect(messages.map((message) => message.source?.equals(message.seq === 1 ? source : noise))).toEqual([true, true]);
    await client.logout();
  }
  relay.close();
  const [plain = 0, compressed = 0] = fetched;
  expect(plain).toBeGreaterThan(source.length + noise.length);
  expect(compressed).toBeLessThan(plain * 0.5);
});
