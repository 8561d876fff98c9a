/** `posthorn/imap-client` against our own server: everything that it offers, as others would use it. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ImapClient, ImapError, type ImapClientOptions, type MailboxChange } from 'posthorn/imap-client';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ed25519Certificate } from '../../src/net/client-certificate.ts';
import { localCertificate, startLocal, startServe, type TestServer } from './harness/server.ts';
import { mustRun } from './harness/programs.ts';

let server: TestServer;
const password = { kind: 'password', username: 'post@localhost', password: 'posthorn' } as const;
const clients: ImapClient[] = [];

beforeAll(async () => {
  server = await startLocal();
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await server[Symbol.asyncDispose]();
});

async function connect(options: Partial<ImapClientOptions> = {}): Promise<ImapClient> {
  const ca = readFileSync(localCertificate(server), 'utf8');
  const client = await ImapClient.connect({
    host: '127.0.0.1',
    port: server.ports.imaps,
    tls: 'implicit',
    serverName: 'localhost',
    ca,
    ...options,
  });
  clients.push(client);
  return client;
}

async function login(options: Partial<ImapClientOptions> = {}): Promise<ImapClient> {
  const client = await connect(options);
  await client.authenticate(password);
  return client;
}

const mail = (n: number, body = `body ${n}\r\n`): Buffer =>
  Buffer.from(
    `From: Ann <ann@example.org>\r\nTo: post@localhost\r\nSubject: =?utf-8?Q?caf=C3=A9_${n}?=\r\nMessage-ID: <${n}@client.test>\r\n\r\n${body}`,
  );

async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('logging in', () => {
  test('implicit TLS: the channel is bound', async () => {
    const client = await connect();
    expect(await client.authenticate(password)).toBe('SCRAM-SHA-256-PLUS');
    expect(client.capabilities.has('IDLE')).toBe(true);
    expect(client.tls?.protocol).toBe('TLSv1.3');
    expect((await client.id({ name: 'test' })).get('name')).toBe('posthorn');
    await client.logout();
  });

  test('STARTTLS, and plain text where the server allows it', async () => {
    const secured = await login({ port: server.ports.imap, tls: 'starttls' });
    expect(secured.tls).toBeDefined();
    const plain = await connect({ port: server.ports.imap, tls: 'none' });
    expect(await plain.authenticate(password, { allowPlaintext: true })).toBe('SCRAM-SHA-256');
  });

  test('a certificate that nobody trusts, and a wrong password', async () => {
    const options = { host: '127.0.0.1', port: server.ports.imaps, tls: 'implicit' } as const;
    await expect(ImapClient.connect(options)).rejects.toMatchObject({ fault: 'certificate' });
    const client = await connect();
    const wrong = client.authenticate({ ...password, password: 'wrong' });
    await expect(wrong).rejects.toMatchObject({ fault: 'no', code: { name: 'AUTHENTICATIONFAILED' } });
    expect(await client.authenticate(password)).toBe('SCRAM-SHA-256-PLUS');
  });

  test('a client key given as its seed is greeted with PREAUTH', async () => {
    const account = { name: 'ann', address: 'ann@example.test', password: 'a long password' };
    await using served = await startServe({ accounts: [account] });
    const seed = Buffer.alloc(32, 7);
    const program = join(import.meta.dirname, '../../bin/posthorn');
    const add = ['config', 'tlspubkey', 'add', account.address, '--config', served.config];
    await mustRun(program, add, { input: ed25519Certificate(seed).certPem });
    const options = { host: '127.0.0.1', port: served.ports.imaps, tls: 'implicit', verify: 'none' } as const;
    const client = await ImapClient.connect({ ...options, clientKey: { ed25519Seed: seed } });
    clients.push(client);
    expect(client.isAuthenticated).toBe(true);
    expect(await client.status('INBOX', ['MESSAGES'])).toMatchObject({ messages: 0 });
  });
});

test('mailboxes', async () => {
  const client = await login();
  await client.create('Entwürfe/älter');
  await client.subscribe('Entwürfe/älter', false);
  const names = (await client.list({ status: ['MESSAGES', 'UIDNEXT'] })).map(({ name, status }) => [
    name,
    status?.messages,
  ]);
  expect(names).toContainEqual(['Entwürfe/älter', 0]);
  expect((await client.list({ subscribed: true })).map(({ name }) => name)).not.toContain('Entwürfe/älter');
  expect((await client.list()).find(({ attributes }) => attributes.includes('\\Sent'))?.name).toBe('Sent');
  await client.enable('IMAP4rev2');
  await client.rename('Entwürfe/älter', 'Ämter');
  expect((await client.list({ pattern: 'Ä%' })).map(({ name }) => name)).toEqual(['Ämter']);
  await client.delete('Ämter');
  await expect(client.select('Ämter')).rejects.toMatchObject({ fault: 'no', code: { name: 'NONEXISTENT' } });
  expect(client.mailbox).toBeUndefined();
});

test('messages: append, fetch, search, sort, flags, copy, move, expunge', async () => {
  const client = await login();
  await client.create('Work');
  await client.create('Done');
  for (const n of [1, 2, 3]) {
    const appended = await client.append('Work', mail(n), {
      flags: ['\\Seen', '$n'],
      date: new Date(Date.UTC(2026, 0, n)),
    });
    expect(appended?.uid).toBe(n);
  }
  const { mailbox } = await client.select('Work');
  expect(mailbox).toMatchObject({ exists: 3, isReadOnly: false, uidNext: 4 });
  const items = [
    'UID',
    'FLAGS',
    'INTERNALDATE',
    'RFC822.SIZE',
    'ENVELOPE',
    'BODYSTRUCTURE',
    'BODY.PEEK[HEADER.FIELDS (SUBJECT)]',
  ];
  const [first] = await collect(client.fetch('1', items));
  expect(first).toMatchObject({
    ...{ uid: 1, sizeBytes: mail(1).length, internalDate: new Date(Date.UTC(2026, 0, 1)) },
    envelope: { subject: 'café 1', from: [{ name: 'Ann', address: 'ann@example.org' }] },
    bodyStructure: { type: 'text', subtype: 'plain' },
  });
  expect(first?.sections.get('BODY[HEADER.FIELDS (SUBJECT)]')?.toString()).toContain('Subject:');
  expect(
    await client.search({ subject: 'CAFÉ', or: [{ uid: [1] }, { uid: '3' }] }, { return: ['all', 'count', 'max'] }),
  ).toMatchObject({
    ...{ all: [1, 3], count: 2, max: 3, min: undefined },
  });
  expect(await client.sort(['REVERSE ARRIVAL'])).toEqual([3, 2, 1]);
  await client.addFlags([1, 2], ['\\Flagged']);
  expect((await client.search({ flagged: true })).all).toEqual([1, 2]);
  const [flagged] = await collect(client.fetch([2], ['MODSEQ']));
  const since = flagged?.modseq ?? 0n;
  await client.removeFlags([3], ['$n']);
  expect(await client.addFlags('1:3', ['$late'], { unchangedSince: since })).toEqual([3]);
  expect(await client.copy([1, 2], 'Done')).toMatchObject({ source: [1, 2], destination: [1, 2] });
  expect(await client.move([2], 'Done')).toMatchObject({ source: [2], destination: [3] });
  expect(client.mailbox?.exists).toBe(2);
  await client.setFlags([1], ['\\Deleted']);
  await client.expunge([1]);
  expect(client.mailbox?.exists).toBe(1);
  await client.unselect();
  await expect(client.search({})).rejects.toMatchObject({ fault: 'state' });
});

test('a large message goes in and comes out in pieces, octet for octet', async () => {
  const client = await login();
  const block = Buffer.alloc(64 * 1024, 'line of text.\r\n');
  const head = Buffer.from('Subject: large\r\n\r\n');
  const pieces = [head, ...Array.from({ length: 200 }, () => block)];
  const sizeBytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  await client.create('Large');
  await client.append('Large', { sizeBytes, pieces });
  await client.select('Large', { readOnly: true });
  const hash = createHash('sha256');
  for await (const piece of client.download(1)) hash.update(piece);
  const expected = createHash('sha256');
  for (const piece of pieces) expected.update(piece);
  expect(hash.digest('hex')).toBe(expected.digest('hex'));
  await expect(collect(client.download(99))).rejects.toBeInstanceOf(ImapError);
  await client.noop();
});

test('keeping up: IDLE, and coming back with QRESYNC', async () => {
  const [watcher, other] = [await login(), await login()];
  await other.create('Watched');
  for (const n of [1, 2, 3]) await other.append('Watched', mail(n));
  await watcher.enable('QRESYNC');
  const { mailbox } = await watcher.select('Watched');
  const known = { uidValidity: mailbox.uidValidity ?? 0, modseq: mailbox.highestModseq ?? 0n };
  const changes: MailboxChange[] = [];
  const stop = new AbortController();
  watcher.onChange((change) => {
    changes.push(change);
    if (change.kind === 'vanished') stop.abort();
  });
  const idle = watcher.idle(stop.signal);
  await other.select('Watched');
  await other.append('Watched', mail(4));
  await other.setFlags([2], ['\\Deleted']);
  await other.expunge([2]);
  await idle;
  expect(changes.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['exists', 'fetch', 'vanished']));
  expect(watcher.mailbox?.exists).toBe(3);
  const again = await login();
  const back = await again.select('Watched', { resync: known });
  expect(back.vanished).toEqual([[2, 2]]);
  expect(back.changed.map(({ uid }) => uid)).toEqual([4]);
  expect(await again.changedSince('1:*', known.modseq)).toMatchObject({ vanished: [[2, 2]] });
});
