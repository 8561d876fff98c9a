import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silentLog } from '../base/log.ts';
import type { Account } from '../directory/directory.ts';
import type { AccountId } from '../store/ids.ts';
import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import { SentCopies } from './sent-copies.ts';

let dir = '';
let store: Store;
let account: Account;
let copies: SentCopies;
const errors: unknown[] = [];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'posthorn-sent-'));
  store = await openStore({ dataDir: dir });
  const { version } = await store.readDirectory();
  const edit = { baseVersion: version, put: [], remove: [], removeAccounts: [] };
  const edited = await store.editDirectory({ ...edit, createAccounts: [{ name: 'ann', mailboxes: 'standard' }] });
  const id = edited.ok ? edited.accountIds.get('ann') : undefined;
  account = { id: id ?? (0 as AccountId), name: 'ann', quotaBytes: undefined, loginDisabled: undefined };
  errors.length = 0;
  const log = { ...silentLog, error: (message: string) => void errors.push(message) };
  copies = new SentCopies({ store, clock: { now: () => 1000 }, log });
});
afterEach(async () => {
  copies.close();
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});

const message = (id: string) => Buffer.from(`Message-ID: ${id}\r\nSubject: hello\r\n\r\nhi\r\n`);

function keep(id: string, changes: Partial<Account> = {}): Promise<void> {
  const content = { kind: 'octets', octets: message(id) } as const;
  return copies.keep({ account: { ...account, ...changes }, content, prefix: 'Bcc: cat@b\r\n', messageId: id });
}

/** As a client does it. */
async function clientFiles(id: string, name = 'Sent'): Promise<void> {
  const target = { accountId: account.id, mailbox: { name, orInbox: false }, flags: 0, keywords: [], prefix: '' };
  const content = { kind: 'octets', octets: message(id) } as const;
  await store.append({ message: content, targets: [{ ...target, receivedAtMs: 0 }] });
}

/** What is in Sent: message by message, ours or the client's. */
async function sent(): Promise<readonly string[]> {
  const mailbox = await store.findMailbox(account.id, 'Sent');
  if (mailbox === undefined) return [];
  const index = await store.openMailbox(account.id, mailbox.id);
  const flags = [...(index?.flags.subarray(0, index.length) ?? [])];
  index?.release();
  return flags.map((each) => (each === 0 ? 'client' : 'ours'));
}

test('a copy is filed, seen, with the recipients that others do not see', async () => {
  await keep('<1@b>');
  expect(await sent()).toEqual(['ours']);
  const mailbox = await store.findMailbox(account.id, 'Sent');
  const index = mailbox && (await store.openMailbox(account.id, mailbox.id));
  const reader = await store.openMessage(account.id, (index?.emailIds[0] ?? 0) as Parameters<Store['openMessage']>[1]);
  index?.release();
  expect(Buffer.from(reader?.prefix ?? []).toString()).toBe('Bcc: cat@b\r\n');
  reader?.close();
});

test('none where the client filed its own before', async () => {
  await clientFiles('<1@b>');
  await keep('<1@b>');
  expect(await sent()).toEqual(['client']);
});

test('ours goes when the client files its own, and only then', async () => {
  await keep('<1@b>');
  await clientFiles('<2@b>');
  await clientFiles('<1@b>', 'Drafts');
  expect(await sent()).toEqual(['ours', 'client']);
  await clientFiles('<1@b>');
  await vi.waitFor(async () => expect(await sent()).toEqual(['client', 'client']), { timeout: 10_000 });
  await keep('<3@b>');
  expect(await sent()).toEqual(['client', 'client', 'ours']);
});

test('a full account, or one without such a mailbox, gets none, and nothing fails', async () => {
  await keep('<1@b>', { quotaBytes: 1 });
  expect(await sent()).toEqual([]);
  const mailbox = await store.findMailbox(account.id, 'Sent');
  if (mailbox !== undefined) await store.deleteMailbox({ accountId: account.id, mailboxId: mailbox.id });
  await keep('<2@b>');
  expect(errors).toEqual([]);
});

test('what fails is logged, not thrown', async () => {
  await store.close();
  await keep('<1@b>');
  expect(errors).toEqual(['no copy of a sent message was kept']);
  store = await openStore({ dataDir: dir });
});
