import { afterEach, describe, expect, test, vi } from 'vitest';

import { silentLog } from '../../base/log.ts';
import { directoryChange } from '../directory-change.ts';
import type { DirectoryOperation } from '../decide-operation.ts';
import type { DirectoryRecord } from '../directory-record.ts';
import { openDirectory } from '../live-directory.ts';
import type { LiveDirectory } from '../live-directory.ts';
import { deriveScram } from '../test-scram-client.ts';
import { memoryDirectoryStore } from '../testing/memory-directory-store.ts';
import { weakCredential } from '../testing/weak-credential.ts';
import { generateAppPassword, hashAppPassword } from './app-password.ts';
import { hashParameters, scramIterations } from './credential.ts';
import type { Credential } from './credential.ts';
import { saltsIn } from './find-app-password.ts';

const login = 'ann@example.org';
const clock = { time: Date.UTC(2030, 0, 1), now: () => clock.time };
const opened: LiveDirectory[] = [];
afterEach(() => {
  for (const directory of opened.splice(0)) directory.close();
});

async function open(store = memoryDirectoryStore()): Promise<LiveDirectory> {
  const directory = await openDirectory({ store, log: silentLog, clock, hostnames: [] });
  opened.push(directory);
  return directory;
}

async function edit(directory: LiveDirectory, operation: DirectoryOperation): Promise<void> {
  const done = await directory.editor.edit(operation);
  if (!done.ok) throw new Error(done.error.message);
}

async function put(directory: LiveDirectory, ...records: readonly DirectoryRecord[]): Promise<void> {
  await directory.editor.change(() => ({ ok: true, value: directoryChange({ put: records }) }));
}

/** An account whose password was set years ago. */
async function old(store = memoryDirectoryStore(), password = 'pencil case'): Promise<LiveDirectory> {
  const directory = await open(store);
  await edit(directory, { do: 'domain-add', domain: 'example.org' });
  await edit(directory, { do: 'account-add', name: 'ann', address: login });
  await put(directory, { kind: 'credential', account: 'ann', credential: weakCredential(password) });
  return directory;
}

/** An app password of those days. */
async function addOld(directory: LiveDirectory, id: string): Promise<string> {
  const password = generateAppPassword();
  const { scramSha256, scramSha1 } = weakCredential(password, 4096, saltsIn(kept(directory)));
  const secret = { sha256: hashAppPassword(password).toString('base64'), scramSha256, scramSha1 };
  const more = { protocols: ['imap'] as const, created: '2019-01-01T00:00:00Z', secret };
  await put(directory, { kind: 'app-password', id, account: 'ann', name: id, ...more });
  return password;
}

function kept(directory: LiveDirectory): Credential {
  const credential = directory.view.credentials.get('ann')?.credential;
  if (credential === undefined) throw new Error('no password');
  return credential;
}

const logIn = (directory: LiveDirectory, password: string) => directory.checkPassword(login, password, 'imap');
const iterations = (directory: LiveDirectory) => directory.findScramVerifier(login, 'sha256').iterations;

/** Does SCRAM know the password, under the challenge that is sent now? */
function knows(directory: LiveDirectory, password: string): boolean {
  return (['sha1', 'sha256'] as const).every((digest) => {
    const found = directory.findScramVerifier(login, digest);
    const { verifier } = deriveScram(digest, password, found.salt, found.iterations);
    return (
      [found, ...(found.others ?? [])].some(({ storedKey }) => Buffer.from(storedKey).equals(verifier.storedKey)) &&
      directory.confirmScram(login, verifier.storedKey, 'imap').ok
    );
  });
}

test('a login with the password makes what is kept of it as strong as today’s, and its sessions stay', async () => {
  const directory = await old();
  const before = kept(directory);
  const outcome = await logIn(directory, 'pencil case');
  if (!outcome.ok) throw new Error('no login');
  await vi.waitFor(() => expect(iterations(directory)).toBe(scramIterations));
  const after = kept(directory);
  expect(after.argon2id).toMatchObject(hashParameters);
  expect(after.argon2id.salt).not.toBe(before.argon2id.salt);
  expect(after.scramSha256).toMatchObject({ salt: before.scramSha256.salt, iterations: scramIterations });
  expect(after.stronger).toBeUndefined();
  expect(directory.mayStay(outcome.account, outcome.proof)).toBe(true);
  expect(knows(directory, 'pencil case')).toBe(true);
  expect(await logIn(directory, 'pencil case')).toMatchObject({ ok: true, proof: outcome.proof });
  expect(await logIn(directory, 'pencil')).toMatchObject({ ok: false });
});

test('neither a wrong password nor one that is kept well enough changes anything', async () => {
  const store = memoryDirectoryStore();
  const directory = await old(store);
  const edits = () => store.edits;
  const before = edits();
  await logIn(directory, 'wrong');
  await edit(directory, { do: 'account-password', name: 'ann', password: 'new pencil case' });
  await logIn(directory, 'new pencil case');
  await logIn(directory, 'new pencil case');
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(edits()).toBe(before + 1);
});

test('a password that changes meanwhile stays changed, and no login with it is lost', async () => {
  const store = memoryDirectoryStore();
  const directory = await old(store);
  // Another process changes it as soon as this one wants to write.
  const other = await open(store);
  const write = store.editDirectory.bind(store);
  let changed: Promise<void> | undefined;
  store.editDirectory = async (wanted) => {
    if (changed === undefined) {
      changed = Promise.resolve();
      changed = edit(other, { do: 'account-password', name: 'ann', password: 'another one' });
      await changed;
    }
    return write(wanted);
  };
  expect(await logIn(directory, 'pencil case')).toMatchObject({ ok: true });
  await vi.waitFor(() => expect(changed).toBeDefined());
  await changed;
  await vi.waitFor(() => expect(kept(directory)).toEqual(kept(other)));
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(kept(directory)).toEqual(kept(other));
  expect(await logIn(directory, 'another one')).toMatchObject({ ok: true });
  expect(await logIn(directory, 'pencil case')).toMatchObject({ ok: false });
});

test('logins at once, two processes at once: all succeed, one writes', async () => {
  const store = memoryDirectoryStore();
  const directory = await old(store);
  const other = await open(store);
  const before = store.edits;
  const outcomes = await Promise.all([directory, other, directory, other].map((one) => logIn(one, 'pencil case')));
  expect(outcomes.every(({ ok }) => ok)).toBe(true);
  await vi.waitFor(() =>
    expect([iterations(directory), iterations(other)]).toEqual([scramIterations, scramIterations]),
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(store.edits).toBe(before + 1);
  for (const outcome of outcomes) {
    if (outcome.ok) expect(directory.mayStay(outcome.account, outcome.proof)).toBe(true);
  }
});

test('with app passwords: the challenge becomes stronger when all have verifiers for it', async () => {
  const directory = await old();
  const phone = await addOld(directory, 'phone');
  const laptop = await addOld(directory, 'laptop');
  const all = ['pencil case', phone, laptop];
  for (const [shown, after] of [
    ['pencil case', 4096],
    [phone, 4096],
    [laptop, scramIterations],
  ] as const) {
    const outcome = await logIn(directory, shown);
    await vi.waitFor(() => {
      expect(iterations(directory)).toBe(after);
      expect(JSON.stringify([...directory.view.appPasswords.values(), kept(directory)])).toMatch(
        after === 4096 ? /"stronger"/ : /^(?!.*"stronger")/,
      );
    });
    if (outcome.ok) expect(directory.mayStay(outcome.account, outcome.proof)).toBe(true);
    expect(all.map((password) => knows(directory, password))).toEqual([true, true, true]);
  }
  expect(kept(directory).argon2id).toMatchObject(hashParameters);
});

test('an app password that is in the way and goes: the next login finds all ready', async () => {
  const directory = await old();
  await addOld(directory, 'phone');
  await logIn(directory, 'pencil case');
  await vi.waitFor(() => expect(kept(directory).stronger).toBeDefined());
  await edit(directory, { do: 'app-password-remove', account: 'ann', name: 'phone' });
  expect(iterations(directory)).toBe(4096);
  await logIn(directory, 'pencil case');
  await vi.waitFor(() => expect(iterations(directory)).toBe(scramIterations));
  expect(knows(directory, 'pencil case')).toBe(true);
});

test('a password added while the challenge is an old one goes with it, and with the stronger one', async () => {
  const directory = await old();
  const phone = generateAppPassword();
  await edit(directory, { do: 'app-password-add', account: 'ann', name: 'phone', password: phone });
  expect([iterations(directory), knows(directory, phone), knows(directory, 'pencil case')]).toEqual([4096, true, true]);
  await edit(directory, { do: 'account-password', name: 'ann', password: 'a new one' });
  expect([iterations(directory), knows(directory, phone), knows(directory, 'a new one')]).toEqual([4096, true, true]);
  await logIn(directory, 'a new one');
  await vi.waitFor(() => expect(iterations(directory)).toBe(scramIterations));
  expect([knows(directory, phone), knows(directory, 'a new one')]).toEqual([true, true]);
});

describe('logins that nobody has', () => {
  const strangers = Array.from({ length: 200 }, (_, n) => `stranger${n}@example.org`);
  const shown = (directory: LiveDirectory) =>
    strangers.map((one) => directory.findScramVerifier(one, 'sha256').iterations);

  test('show what others show, each always the same, and come to show more with them', async () => {
    const directory = await old();
    await edit(directory, {
      do: 'account-add',
      name: 'bob',
      address: 'bob@example.org',
      password: 'bob has a new one',
    });
    const before = shown(directory);
    const weak = before.filter((one) => one === 4096).length;
    expect([weak > 60, weak < 140, weak + before.filter((one) => one === scramIterations).length]).toEqual([
      true,
      true,
      strangers.length,
    ]);
    expect(shown(directory)).toEqual(before);
    await logIn(directory, 'pencil case');
    await vi.waitFor(() => expect(iterations(directory)).toBe(scramIterations));
    expect(new Set(shown(directory))).toEqual(new Set([scramIterations]));
  });

  test('in a house without passwords show today’s', async () => {
    const directory = await open();
    expect(new Set(shown(directory))).toEqual(new Set([scramIterations]));
  });
});
