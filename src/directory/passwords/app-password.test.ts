import { afterEach, expect, test, vi } from 'vitest';

import { silentLog } from '../../base/log.ts';
import type { DirectoryOperation } from '../decide-operation.ts';
import { loginProtocols } from '../directory.ts';
import type { LoginOutcome, LoginProtocol } from '../directory.ts';
import { applyDocument } from '../document/apply-document.ts';
import { directoryDocumentSchema } from '../document/directory-document.ts';
import { exportDocument } from '../document/export-document.ts';
import { openDirectory } from '../live-directory.ts';
import type { LiveDirectory } from '../live-directory.ts';
import { scramClient } from '../test-scram-client.ts';
import { memoryDirectoryStore } from '../testing/memory-directory-store.ts';
import { findMechanism } from '../../wire/sasl/mechanisms.ts';
import { appPasswordForm, generateAppPassword } from './app-password.ts';

const login = 'ann@example.org';
const start = Date.UTC(2030, 0, 1);
const clock = { time: start, now: () => clock.time };
const opened: LiveDirectory[] = [];

afterEach(() => {
  vi.useRealTimers();
  clock.time = start;
  for (const directory of opened.splice(0)) directory.close();
});

async function open(...operations: readonly DirectoryOperation[]): Promise<LiveDirectory> {
  const directory = await openDirectory({ store: memoryDirectoryStore(), log: silentLog, clock, hostnames: [] });
  opened.push(directory);
  await edit(directory, { do: 'domain-add', domain: 'example.org' });
  await edit(directory, { do: 'account-add', name: 'ann', address: login, password: 'the main one' });
  for (const operation of operations) await edit(directory, operation);
  return directory;
}

async function edit(directory: LiveDirectory, operation: DirectoryOperation): Promise<void> {
  const done = await directory.editor.edit(operation);
  if (!done.ok) throw new Error(done.error.message);
}

type AddOperation = DirectoryOperation & { readonly do: 'app-password-add' };

async function add(directory: LiveDirectory, name: string, more: Partial<AddOperation> = {}): Promise<string> {
  const password = generateAppPassword();
  await edit(directory, { do: 'app-password-add', account: 'ann', name, password, ...more });
  return password;
}

/** One exchange of SCRAM as the faces have it, from the client's first message to the answer of the directory. */
function scram(directory: LiveDirectory, password: string, protocol: LoginProtocol, digest: 'sha1' | 'sha256') {
  const client = scramClient({ digest, login, password });
  const octets = (base64: string) => Buffer.from(base64, 'base64');
  const server = findMechanism(digest === 'sha1' ? 'SCRAM-SHA-1' : 'SCRAM-SHA-256')?.start();
  const claim = server?.next(octets(client.first));
  if (!server || claim?.kind !== 'claim') throw new Error('no claim');
  const challenge = claim.challenge(directory.findScramVerifier(claim.login, claim.digest));
  const answer = server.next(octets(client.final(Buffer.from(challenge).toString('base64'))));
  if (answer.kind !== 'challenge') return undefined;
  expect(client.isServerProof(Buffer.from(answer.octets).toString('base64'))).toBe(true);
  const proven = server.next(Buffer.alloc(0));
  if (proven.kind !== 'proven') throw new Error(proven.kind);
  return directory.confirmScram(proven.login, proven.storedKey, protocol);
}

function stays(directory: LiveDirectory, outcome: LoginOutcome | undefined): boolean {
  if (!outcome?.ok) throw new Error('no login');
  return directory.mayStay(outcome.account, outcome.proof);
}

test('are random, in a form that can be typed', () => {
  const all = Array.from({ length: 100 }, generateAppPassword);
  expect(new Set(all).size).toBe(100);
  for (const password of all) expect(password).toMatch(appPasswordForm);
});

test('log in beside the main password, where they are for, by PLAIN and by SCRAM', async () => {
  const directory = await open();
  const phone = await add(directory, 'phone', { protocols: ['imap'] });
  const laptop = await add(directory, 'laptop');
  for (const [password, protocols] of [
    [phone, ['imap']],
    [laptop, loginProtocols],
    ['the main one', loginProtocols],
    [generateAppPassword(), []],
  ] satisfies [string, readonly LoginProtocol[]][]) {
    for (const protocol of loginProtocols) {
      const ok = protocols.some((one) => one === protocol);
      expect(await directory.checkPassword(login, password, protocol)).toMatchObject({ ok });
      expect(scram(directory, password, protocol, 'sha256')?.ok ?? false).toBe(ok);
      expect(scram(directory, password, protocol, 'sha1')?.ok ?? false).toBe(ok);
    }
  }
});

test('are of one account only', async () => {
  const directory = await open({ do: 'account-add', name: 'bob', address: 'bob@example.org', password: 'bob has one' });
  const password = await add(directory, 'phone');
  expect(await directory.checkPassword('bob@example.org', password, 'imap')).toMatchObject({ ok: false });
});

test('work by SCRAM after the main password was changed, and without one', async () => {
  const directory = await open();
  const phone = await add(directory, 'phone');
  await edit(directory, { do: 'account-password', name: 'ann', password: 'a later one' });
  for (const password of [phone, 'a later one']) {
    expect(scram(directory, password, 'imap', 'sha256')).toMatchObject({ ok: true });
  }
  expect(scram(directory, 'the main one', 'imap', 'sha256')).toBeUndefined();
});

test('end their sessions when they are taken back, one by one', async () => {
  const directory = await open();
  const phone = await directory.checkPassword(login, await add(directory, 'phone'), 'imap');
  const laptop = await directory.checkPassword(login, await add(directory, 'laptop'), 'imap');
  let heard = 0;
  directory.watch(() => heard++);
  await edit(directory, { do: 'app-password-remove', account: 'ann', name: 'phone' });
  expect([heard, stays(directory, phone), stays(directory, laptop)]).toEqual([1, false, true]);
  // Another one under the same name does not bring the session back.
  await add(directory, 'phone');
  expect(stays(directory, phone)).toBe(false);
});

test('run out, and their sessions with them', async () => {
  vi.useFakeTimers();
  const directory = await open();
  const expires = new Date(start + 3_600_000).toISOString();
  const password = await add(directory, 'guest', { expires });
  const outcome = await directory.checkPassword(login, password, 'imap');
  let heard = 0;
  directory.watch(() => heard++);
  clock.time += 3_599_999;
  vi.advanceTimersByTime(3_599_999);
  expect([heard, stays(directory, outcome)]).toEqual([0, true]);
  clock.time += 1;
  vi.advanceTimersByTime(1);
  expect([heard, stays(directory, outcome)]).toEqual([1, false]);
  expect(await directory.checkPassword(login, password, 'imap')).toMatchObject({ ok: false });
  expect(scram(directory, password, 'imap', 'sha256')).toBeUndefined();
});

test('can be the only way in: a main password for the web alone', async () => {
  const directory = await open();
  const phone = await add(directory, 'phone');
  const main = await directory.checkPassword(login, 'the main one', 'imap');
  const app = await directory.checkPassword(login, phone, 'imap');
  await edit(directory, { do: 'account-set', name: 'ann', mainPassword: 'web-only' });
  expect([stays(directory, main), stays(directory, app)]).toEqual([false, true]);
  expect(await directory.checkPassword(login, 'the main one', 'imap')).toEqual({
    ...{ ok: false, reason: 'bad-credentials' },
  });
  expect(scram(directory, 'the main one', 'imap', 'sha256')).toBeUndefined();
  expect(scram(directory, phone, 'imap', 'sha256')).toMatchObject({ ok: true });
  await edit(directory, { do: 'account-set', name: 'ann', mainPassword: 'anywhere' });
  expect(await directory.checkPassword(login, 'the main one', 'imap')).toMatchObject({ ok: true });
});

test('a new main password ends what the old one began', async () => {
  const directory = await open();
  const before = await directory.checkPassword(login, 'the main one', 'imap');
  await edit(directory, { do: 'account-password', name: 'ann', password: 'a later one' });
  expect(stays(directory, before)).toBe(false);
});

test.each<[string, Partial<AddOperation>, RegExp]>([
  ['of an account that is not there', { account: 'eve' }, /no account "eve"/],
  ['with a password of ones own', { password: 'password' }, /made by posthorn/],
  ['that ran out already', { expires: '2029-12-31T00:00:00Z' }, /later than now/],
  ['for nothing', { protocols: [] }, /for some protocol/],
  ['without a name', { name: '' }, /printable/],
  ['with a name that is taken', { name: 'phone' }, /already/],
])('none is made %s', async (_, wrong, why) => {
  const directory = await open();
  await add(directory, 'phone');
  await expect(add(directory, 'other', wrong)).rejects.toThrow(why);
});

test('a hundred at most', async () => {
  const directory = await open();
  await Promise.all(Array.from({ length: 100 }, (_, n) => add(directory, `number ${n}`)));
  await expect(add(directory, 'one more')).rejects.toThrow(/100 app passwords/);
});

test('go with the account', async () => {
  const directory = await open({ do: 'account-add', name: 'bob', address: 'bob@example.org', password: 'bob has one' });
  await edit(directory, { do: 'settings-set', postmaster: 'bob' });
  await add(directory, 'phone');
  await edit(directory, { do: 'account-remove', name: 'ann' });
  expect(directory.view.appPasswords.size).toBe(0);
  expect(directory.view.appPasswordsOf.size).toBe(0);
});

test('are in a document with credentials, and come back from it', async () => {
  const directory = await open();
  const password = await add(directory, 'phone', { protocols: ['imap'], expires: '2031-01-01T00:00:00Z' });
  await edit(directory, { do: 'account-set', name: 'ann', mainPassword: 'web-only' });
  expect(JSON.stringify(exportDocument(directory.view, { withCredentials: false }))).not.toMatch(/phone|storedKey/);
  const document = directoryDocumentSchema.parse(exportDocument(directory.view, { withCredentials: true }));
  const other = await openDirectory({ store: memoryDirectoryStore(), log: silentLog, clock, hostnames: [] });
  opened.push(other);
  const applied = await applyDocument(other.editor, document, { prune: false, dryRun: false });
  expect(applied).toMatchObject({ ok: true });
  expect(await other.checkPassword(login, password, 'imap')).toMatchObject({ ok: true });
  expect(await other.checkPassword(login, password, 'submission')).toMatchObject({ ok: false });
  expect(await other.checkPassword(login, 'the main one', 'imap')).toMatchObject({ ok: false });
  expect(await applyDocument(other.editor, document, { prune: true, dryRun: true })).toEqual({
    ...{ ok: true, value: { lines: [] } },
  });
});
