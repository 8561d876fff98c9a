import { createPublicKey } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLog } from '../base/log.ts';
import { printKeyRecord } from '../checks/dkim/key-record.ts';
import { verifyNaively } from '../checks/dkim/testing/naive-verifier.ts';
import { parseAddress } from '../directory/address-text.ts';
import type { DirectoryOperation } from '../directory/decide-operation.ts';
import type { Account, AddressParts } from '../directory/directory.ts';
import { ensureDkimKeys } from '../directory/dkim/ensure-dkim-keys.ts';
import { listDkimKeys } from '../directory/facts.ts';
import { openDirectory } from '../directory/live-directory.ts';
import type { LiveDirectory } from '../directory/live-directory.ts';
import { memoryDirectoryStore } from '../directory/testing/memory-directory-store.ts';
import { FileSpool } from '../store/file-spool.ts';
import type { Spooled } from '../store/spool.ts';
import { StorageFull } from '../store/store.ts';
import { OutgoingBody } from './outgoing-body.ts';
import type { OutgoingMessage, SubmitServices } from './outgoing-message.ts';
import { createSubmit } from './submit.ts';
import { TestQueue } from './test-queue.ts';

const hostname = 'mail.example.org';
const dir = mkdtempSync(join(tmpdir(), 'posthorn-submit-'));
const store = { newSpool: ({ maxBytes }: { readonly maxBytes: number }) => new FileSpool(dir, { maxBytes }) };
const clock = { now: () => Date.parse('2026-01-31T10:00:00Z') };
let directory: LiveDirectory;

const world: readonly DirectoryOperation[] = [
  { do: 'domain-add', domain: 'example.org' },
  { do: 'domain-add', domain: 'all.example' },
  { do: 'domain-set', domain: 'all.example', separators: [] },
  { do: 'domain-add', domain: 'off.example' },
  { do: 'account-add', name: 'ann', address: 'ann@example.org' },
  { do: 'account-add', name: 'bob', address: 'bob@example.org' },
  { do: 'address-add', address: 'bob@off.example', account: 'bob' },
  { do: 'address-add', address: '@all.example', account: 'bob' },
  { do: 'alias-add', alias: 'team@example.org', members: ['bob@example.org'], allowMsgFrom: true },
  { do: 'alias-add', alias: 'news@example.org', members: ['bob@example.org'] },
  { do: 'settings-set', postmaster: 'ann' },
];

beforeAll(async () => {
  directory = await openDirectory({ store: memoryDirectoryStore(), log: silentLog, clock, hostnames: [hostname] });
  for (const operation of world) {
    const done = await directory.editor.edit(operation);
    if (!done.ok) throw new Error(done.error.message);
  }
  await ensureDkimKeys(directory.editor);
  await directory.editor.edit({ do: 'domain-set', domain: 'off.example', disabled: true });
});
afterAll(() => {
  directory.close();
  rmSync(dir, { recursive: true, force: true });
});

function parts(text: string): AddressParts {
  const parsed = parseAddress(text);
  if (!parsed.ok) throw new Error(text);
  return parsed.value;
}

function accountOf(name: string): Account {
  const id = directory.view.accountIds.get(name);
  const account = id === undefined ? undefined : directory.findAccount(id);
  if (account === undefined) throw new Error(name);
  return account;
}

/** What comes of a message of bob's. */
async function send(
  text: string,
  changes: Partial<Omit<OutgoingMessage, 'account'>> = {},
  queue = new TestQueue(),
  as = 'bob',
  more: Partial<SubmitServices> = {},
) {
  const body = new OutgoingBody(new FileSpool(dir, { maxBytes: 1_000_000 }), { hostname, clock });
  await body.write(Buffer.from(text, 'latin1'));
  const submit = createSubmit({ store, directory, queue, clock, log: silentLog, hostname, ...more });
  const done = await submit({
    id: 's1.1',
    account: accountOf(as),
    sender: parts('bob@example.org'),
    recipients: [recipient('eve@other.example')],
    body,
    via: 'ESMTPSA (TLS 1.3 X)',
    requireTls: false,
    envelopeId: undefined,
    returnContent: undefined,
    notBeforeMs: undefined,
    ...changes,
  });
  return { answer: done.ok ? 'queued' : done.error, queue, sent: queue.queued[0] };
}

function recipient(address: string): OutgoingMessage['recipients'][number] {
  return { address: parts(address), notify: undefined, originalRecipient: undefined };
}

function records(domain: string): ReadonlyMap<string, string> {
  return new Map(
    listDkimKeys(directory.view, domain).map(({ selector, publicKey }) => {
      const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), type: 'spki', format: 'der' });
      return [`${selector}._domainkey.${domain}`, printKeyRecord(key) ?? ''];
    }),
  );
}

const plain = 'From: bob@example.org\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nhello\r\n';

describe('a message that may go', () => {
  test('is completed, signed with each key, and queued for each recipient', async () => {
    const { answer, sent } = await send(plain, {
      recipients: [recipient('eve@other.example'), { ...recipient('ann@example.org'), notify: ['SUCCESS'] }],
      envelopeId: 'E1',
      returnContent: 'headers',
    });
    expect(answer).toBe('queued');
    expect(sent).toMatchObject({
      ...{ accountId: accountOf('bob').id, body: '7bit', utf8: false, tls: 'default', kind: 'mail', subject: 'Grüße' },
      ...{ envelopeId: 'E1', returnContent: 'headers', fromDomain: 'example.org', notBeforeMs: undefined },
      recipients: [
        { returnPath: 'bob@example.org', recipient: 'eve@other.example', domain: 'other.example', notify: undefined },
        { returnPath: 'bob@example.org', recipient: 'ann@example.org', domain: 'example.org', notify: ['SUCCESS'] },
      ],
    });
    expect(sent?.text).toMatch(
      /^Received: from mail\.example\.org \(authenticated client\)\r\n\tby mail\.example\.org with ESMTPSA \(TLS 1\.3 X\)\r\n\tid s1\.1;\r\n\tSat, 31 Jan 2026 10:00:00 \+0000\r\nDKIM-Signature:/,
    );
    expect(sent?.text).toMatch(
      /\r\nMessage-ID: <[\w-]{22}@mail\.example\.org>\r\nDate: Sat, 31 Jan 2026 10:00:00 \+0000\r\nFrom: bob/,
    );
    expect(sent?.headerMessageId).toMatch(/^<[\w-]{22}@mail\.example\.org>$/);
    expect(verifyNaively(sent?.text ?? '', records('example.org'))).toEqual(['pass', 'pass']);
  });

  test('keeps the Message-ID and Date that it has; one recipient is named in Received', async () => {
    const { sent } = await send(`Date: x\r\nMessage-ID: <1@x>\r\n${plain}`);
    expect(sent?.headerMessageId).toBe('<1@x>');
    expect(sent?.text.match(/^(?:Date|Message-ID):.*$/gm)).toEqual(['Date: x', 'Message-ID: <1@x>']);
    expect(sent?.text).toContain('\r\n\tfor <eve@other.example>;\r\n');
  });

  test('loses Bcc before it is signed', async () => {
    const { sent } = await send(`Bcc: secret@other.example\r\n${plain}`);
    expect(sent?.text).not.toContain('secret');
    expect(verifyNaively(sent?.text ?? '', records('example.org'))).toEqual(['pass', 'pass']);
  });

  test.each<[string, string, string]>([
    ['an alias that may be From', 'team@example.org', 'example.org'],
    ['a tagged address', 'Bob+x@example.org', 'example.org'],
    ['a catchall', '"any one"@all.example', 'all.example'],
  ])('%s is signed by its domain', async (_, from, domain) => {
    const { sent } = await send(`From: "B, b" <${from}>\r\nSender: bob@example.org\r\n\r\n`);
    expect(verifyNaively(sent?.text ?? '', records(domain))).toEqual(['pass', 'pass']);
  });

  test('the name of the host is signed by the domain above it', async () => {
    const { sent } = await send(
      'From: postmaster@mail.example.org\r\n\r\n',
      { sender: undefined },
      new TestQueue(),
      'ann',
    );
    expect(verifyNaively(sent?.text ?? '', records('example.org'))).toEqual(['pass', 'pass']);
    expect(sent?.recipients[0]?.returnPath).toBe('');
  });

  test.each<[string, string, boolean, string]>([
    ['nothing said', '', false, 'default'],
    ['No', 'TLS-Required:  nO \r\n', false, 'not-required'],
    ['No and something else', 'TLS-Required: No\r\nTLS-Required: yes\r\n', false, 'default'],
    ['No, but REQUIRETLS', 'TLS-Required: No\r\n', true, 'required'],
  ])('TLS: %s', async (_, field, requireTls, tls) => {
    expect((await send(field + plain, { requireTls })).sent?.tls).toBe(tls);
  });

  test('8 bits, SMTPUTF8, the bare postmaster, an address literal, a later time', async () => {
    expect((await send(`${plain}\xe4\r\n`)).sent).toMatchObject({ body: '8bit', utf8: false });
    expect((await send(`X: \xc3\xa4\r\n${plain}`)).sent).toMatchObject({ body: '8bit', utf8: true });
    const { sent } = await send(plain, {
      recipients: [
        { ...recipient('a@b.example'), address: { localPart: 'postmaster', domain: '' } },
        { ...recipient('a@b.example'), address: { localPart: 'ä', domain: '[IPv6:::1]' } },
      ],
      notBeforeMs: 77,
    });
    expect(sent).toMatchObject({
      ...{ utf8: true, notBeforeMs: 77 },
      recipients: [
        { recipient: 'postmaster@mail.example.org', domain: 'mail.example.org' },
        { recipient: 'ä@[ipv6:::1]', domain: '[ipv6:::1]' },
      ],
    });
  });
});

describe('what few transports carry is encoded before it is signed', () => {
  const long = 'y'.repeat(5000);

  test('long lines, NUL and large content, with what the body says of itself', async () => {
    for (const text of [long, 'a\0b', `${long}\r\n`.repeat(100)]) {
      const { sent } = await send(`Bcc: x@y.example\r\n${plain}${text}\r\n`);
      expect(sent?.body).toBe('7bit');
      expect(sent?.text).toMatch(/^Content-Transfer-Encoding: (?:quoted-printable|base64)\r$/m);
      expect(sent?.text.split('\r\n').every((line) => line.length <= 998)).toBe(true);
      expect(sent?.text).not.toContain('x@y.example');
      expect(verifyNaively(sent?.text ?? '', records('example.org'))).toEqual(['pass', 'pass']);
    }
    expect(readdirSync(dir).length).toBeLessThan(3);
  });

  test('what is signed by its sender stays as it is', async () => {
    const signed = `From: bob@example.org\r\nContent-Type: multipart/signed; boundary=b; protocol="application/pgp-signature"\r\n\r\n--b\r\n\r\n${long}\r\n--b--\r\n`;
    const { sent } = await send(signed);
    expect(sent?.body).toBe('binary');
    expect(sent?.text).toContain(long);
  });

  test('nothing is left of it when it is refused', async () => {
    const before = readdirSync(dir).length;
    const queue = new TestQueue();
    queue.failure = new StorageFull('full');
    await expect(send(`${plain}${`${long}\r\n`.repeat(100)}`, {}, queue)).rejects.toThrow(StorageFull);
    // The caller still has what it gave.
    expect(readdirSync(dir).length).toBeLessThanOrEqual(before + 1);
  });
});

describe('unique return paths', () => {
  const two = { recipients: [recipient('a@other.example'), recipient('b@other.example')] };
  const paths = async (changes: Partial<OutgoingMessage>) =>
    (await send(plain, changes)).sent?.recipients.map(({ returnPath }) => returnPath) ?? [];

  beforeAll(() => directory.editor.edit({ do: 'account-set', name: 'bob', uniqueReturnPaths: true }));
  afterAll(() => directory.editor.edit({ do: 'account-set', name: 'bob', uniqueReturnPaths: false }));

  test('one for each recipient, which leads to the account', async () => {
    const unique = await paths(two);
    expect(new Set(unique).size).toBe(2);
    for (const path of unique) {
      expect(path).toMatch(/^bob\+[\w-]{22}@example\.org$/);
      expect(directory.lookupRecipient(parts(path))).toMatchObject({ recipient: { account: { name: 'bob' } } });
    }
  });

  test('one that the client made stays for one recipient', async () => {
    const sender = parts('bob+mine@example.org');
    expect(await paths({ sender })).toEqual(['bob+mine@example.org']);
    expect(await paths({ ...two, sender })).toEqual([
      expect.stringMatching(/^bob\+[\w-]{22}@/),
      expect.stringMatching(/^bob\+[\w-]{22}@/),
    ]);
  });

  test('nothing changes without a sender or without a separator', async () => {
    expect(await paths({ sender: undefined })).toEqual(['']);
    expect(await paths({ sender: parts('any@all.example') })).toEqual(['any@all.example']);
  });
});

describe('a copy for the sender', () => {
  const kept: { readonly content: Spooled; readonly prefix: string; readonly messageId: string }[] = [];
  const sentCopies = { keep: (sent: (typeof kept)[number]) => Promise.resolve(void kept.push(sent)) };

  test('is kept where it is wanted, once the message is queued', async () => {
    const text = `Bcc: secret@other.example\r\nMessage-ID: <1@x>\r\n${plain}`;
    await send(text, {}, new TestQueue(), 'bob', { sentCopies });
    expect(kept).toEqual([]);
    await directory.editor.edit({ do: 'account-set', name: 'bob', copySent: true });
    const queue = new TestQueue();
    queue.failure = new StorageFull('full');
    await expect(send(text, {}, queue, 'bob', { sentCopies })).rejects.toThrow(StorageFull);
    expect(kept).toEqual([]);
    const { sent } = await send(text, {}, new TestQueue(), 'bob', { sentCopies });
    await directory.editor.edit({ do: 'account-set', name: 'bob', copySent: false });
    expect(kept).toMatchObject([{ prefix: 'Bcc: secret@other.example\r\n', messageId: '<1@x>' }]);
    const [copy] = kept;
    const octets = copy?.content.kind === 'octets' ? Buffer.from(copy.content.octets).toString() : '';
    expect(sent?.text.endsWith(octets) && octets.includes('Subject')).toBe(true);
  });
});

describe('refused', () => {
  test.each<[string, string, string]>([
    ['no From', 'Subject: x\r\n\r\n', 'one-from'],
    ['two From', 'From: bob@example.org\r\nFrom: bob@example.org\r\n\r\n', 'one-from'],
    ['two addresses', 'From: bob@example.org, team@example.org\r\n\r\n', 'one-from'],
    ['an address with junk behind it', 'From: bob@example.org@evil.example\r\n\r\n', 'one-from'],
    ['From of another account', 'From: ann@example.org\r\n\r\n', 'from-not-yours'],
    ['From of another server', 'From: eve@other.example\r\n\r\n', 'from-not-yours'],
    ['an alias that must not be From', 'From: news@example.org\r\n\r\n', 'from-not-yours'],
    ['Sender of another account', 'From: bob@example.org\r\nSender: ann@example.org\r\n\r\n', 'sender-field-not-yours'],
    [
      'two Sender',
      'From: bob@example.org\r\nSender: bob@example.org\r\nSender: bob@example.org\r\n\r\n',
      'sender-field-not-yours',
    ],
    ['a disabled domain', 'From: bob@off.example\r\n\r\n', 'domain-disabled'],
    ['no field', '\r\nhello', 'bad-header'],
    ['a line without colon', 'hello\r\n\r\n', 'bad-header'],
    ['NUL', 'From: bob@example.org\r\nX: \0\r\n\r\n', 'bad-header'],
    ['a blank line for some', 'From: bob@example.org\n\nFrom: ann@example.org\r\n\r\n', 'bad-header'],
    ['a loop', `${'Received: x\r\n'.repeat(101)}${plain}`, 'loop'],
    ['a header too long', `X: ${'x'.repeat(300_000)}\r\n${plain}`, 'header-too-long'],
  ])('%s', async (_, text, why) => {
    const { answer, queue } = await send(text);
    expect([answer, queue.queued.length, queue.held]).toEqual([why, 0, 0]);
  });

  test('over a limit, which sees the recipients', async () => {
    const queue = new TestQueue();
    queue.limit = 'too-many-recipients';
    expect((await send(plain, {}, queue)).answer).toBe('too-many-recipients');
    expect(queue.asked).toEqual(['eve@other.example']);
  });

  test('without a key that signs, and with one that cannot be used: never sent unsigned', async () => {
    const id = { do: 'domain-add', domain: 'bare.example' } as const;
    await directory.editor.edit(id);
    await directory.editor.edit({ do: 'address-add', address: 'bob@bare.example', account: 'bob' });
    const bare = 'From: bob@bare.example\r\n\r\n';
    expect(await send(bare)).toMatchObject({ answer: 'not-signed', queue: { queued: [] } });
    const broken = { kind: 'dkim-key', domain: 'bare.example', selector: 's', algorithm: 'ed25519' } as const;
    await directory.editor.change(() => ({
      ok: true,
      value: {
        ...{ remove: [], createAccounts: [], removeAccounts: [] },
        put: [{ ...broken, privateKey: 'AAAA', state: 'active', since: '2026-01-31T10:00:00Z' }],
      },
    }));
    expect(await send(bare)).toMatchObject({ answer: 'not-signed', queue: { queued: [] } });
  });

  test('what the queue throws is passed on', async () => {
    const queue = new TestQueue();
    queue.failure = new StorageFull('full');
    await expect(send(plain, {}, queue)).rejects.toThrow(StorageFull);
  });
});
