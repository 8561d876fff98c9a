/** `posthorn/imap-client` against Dovecot: what it asks for is understood, what it reads is what others write. */
import { ImapClient, type ImapClientOptions, type MailboxChange } from 'posthorn/imap-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localhostCertificate } from '../../src/net/test-certificates.ts';
import { startDovecot, whyNoDovecot, type Dovecot } from './dovecot.ts';

const missing = whyNoDovecot();
const password = { kind: 'password', username: 'ann@example.test', password: 'a long password' } as const;

describe.skipIf(missing !== undefined)(`Dovecot${missing === undefined ? '' : ` (${missing})`}`, () => {
  let dovecot: Dovecot;
  const clients: ImapClient[] = [];

  beforeAll(async () => {
    dovecot = await startDovecot();
  });
  afterAll(async () => {
    for (const client of clients) client.destroy();
    await dovecot[Symbol.asyncDispose]();
  });

  async function connect(options: Partial<ImapClientOptions> = {}): Promise<ImapClient> {
    const client = await ImapClient.connect({
      ...{
        host: '127.0.0.1',
        port: dovecot.imaps,
        tls: 'implicit',
        serverName: 'localhost',
        ca: localhostCertificate.certPem,
      },
      ...options,
    });
    clients.push(client);
    return client;
  }
  async function login(): Promise<ImapClient> {
    const client = await connect();
    await client.authenticate(password);
    return client;
  }
  const mail = (n: number, body = `body ${n}\r\n`): Buffer =>
    Buffer.from(
      `From: Ann <ann@example.test>\r\nTo: bob@example.test\r\nSubject: =?utf-8?Q?caf=C3=A9_${n}?=\r\n\r\n${body}`,
    );

  test('STARTTLS and SCRAM; a wrong password', async () => {
    const client = await connect({ port: dovecot.imap, tls: 'starttls' });
    await expect(client.authenticate({ ...password, password: 'wrong' })).rejects.toMatchObject({ fault: 'no' });
    expect(await client.authenticate(password)).toBe('SCRAM-SHA-256');
    expect((await client.id({ name: 'posthorn' })).get('name')).toBe('Dovecot');
    await client.logout();
  });

  test('mailboxes with names of all kinds', async () => {
    const client = await login();
    await client.create('Entwürfe/a "b" \\c & d');
    expect(
      (await client.list({ status: ['MESSAGES'] })).find(({ name }) => name.startsWith('Entwürfe/')),
    ).toMatchObject({
      ...{ name: 'Entwürfe/a "b" \\c & d', delimiter: '/', status: { messages: 0 } },
    });
    expect((await client.list()).find(({ attributes }) => attributes.includes('\\Sent'))?.name).toBe('Sent');
    await client.rename('Entwürfe/a "b" \\c & d', 'plain');
    await client.subscribe('plain');
    expect((await client.list({ subscribed: true })).map(({ name }) => name)).toContain('plain');
    await client.delete('plain');
    await expect(client.select('plain')).rejects.toMatchObject({ fault: 'no' });
  });

  test('messages', async () => {
    const client = await login();
    await client.create('Work');
    await client.create('Done');
    for (const n of [1, 2, 3])
      expect(await client.append('Work', mail(n), { flags: ['\\Seen'] })).toMatchObject({ uid: n });
    const { mailbox } = await client.select('Work');
    expect(mailbox).toMatchObject({ exists: 3, uidNext: 4 });
    const read: unknown[] = [];
    for await (const message of client.fetch('1:*', ['UID', 'FLAGS', 'RFC822.SIZE', 'ENVELOPE', 'BODYSTRUCTURE'])) {
      read.push([message.uid, message.sizeBytes, message.envelope?.subject, message.bodyStructure?.subtype]);
    }
    expect(read).toEqual([1, 2, 3].map((n) => [n, mail(n).length, `café ${n}`, 'plain']));
    expect((await client.search({ subject: 'café', not: { uid: '2' } })).all).toEqual([1, 3]);
    expect(await client.sort(['REVERSE ARRIVAL'], { subject: 'café' })).toHaveLength(3);
    expect(await client.addFlags([1, 2], ['\\Flagged', '$later'])).toEqual([]);
    expect((await client.search({ keyword: '$later' }, { return: ['count'] })).count).toBe(2);
    expect(await client.copy([1, 2], 'Done')).toMatchObject({ source: [1, 2], destination: [1, 2] });
    expect(await client.move([2], 'Done')).toMatchObject({ source: [2], destination: [3] });
    await client.addFlags([1], ['\\Deleted']);
    await client.expunge([1]);
    expect(client.mailbox?.exists).toBe(1);
  });

  test('a large message in pieces', async () => {
    const client = await login();
    const block = Buffer.alloc(64 * 1024, 'line of text.\r\n');
    const pieces = [Buffer.from('Subject: large\r\n\r\n'), ...Array.from({ length: 100 }, () => block)];
    const whole = Buffer.concat(pieces);
    await client.append('INBOX', { sizeBytes: whole.length, pieces });
    await client.select('INBOX', { readOnly: true });
    const parts: Uint8Array[] = [];
    for await (const piece of client.download(1)) parts.push(piece);
    expect(parts.length).toBeGreaterThan(10);
    expect(Buffer.concat(parts).equals(whole)).toBe(true);
  });

  test('IDLE and QRESYNC', async () => {
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
    await other.setFlags([2], ['\\Deleted']);
    await other.expunge([2]);
    await idle;
    expect(watcher.mailbox?.exists).toBe(2);
    const again = await login();
    await again.enable('QRESYNC');
    expect((await again.select('Watched', { resync: known })).vanished).toEqual([[2, 2]]);
  });
});
