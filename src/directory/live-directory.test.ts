import { X509Certificate } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { silentLog } from '../base/log.ts';
import { parseAddress } from './address-text.ts';
import type { DirectoryOperation } from './decide-operation.ts';
import type { Account, AddressParts } from './directory.ts';
import { DirectoryInvalid } from './directory-options.ts';
import { openDirectory } from './live-directory.ts';
import type { LiveDirectory } from './live-directory.ts';
import { p256Certificate } from './testing/certificates.ts';
import { memoryDirectoryStore } from './testing/memory-directory-store.ts';

const clock = { time: 0, now: () => clock.time };

async function open(store: ReturnType<typeof memoryDirectoryStore>): Promise<LiveDirectory> {
  return openDirectory({ store, log: silentLog, clock, hostnames: ['mx.example.org'] });
}

async function opened(...operations: readonly DirectoryOperation[]): Promise<LiveDirectory> {
  const directory = await open(memoryDirectoryStore());
  for (const operation of operations) await must(directory, operation);
  return directory;
}

async function must(directory: LiveDirectory, operation: DirectoryOperation): Promise<void> {
  const done = await directory.editor.edit(operation);
  if (!done.ok) throw new Error(done.error.message);
}

function parts(text: string): AddressParts {
  const parsed = parseAddress(text);
  if (!parsed.ok) throw new Error(text);
  return parsed.value;
}

const world: readonly DirectoryOperation[] = [
  { do: 'domain-add', domain: 'example.org' },
  { do: 'domain-set', domain: 'example.org', separators: ['+', '--'] },
  { do: 'domain-add', domain: 'all.example' },
  { do: 'domain-add', domain: 'off.example' },
  { do: 'domain-add', domain: 'bücher.example' },
  { do: 'domain-add', domain: 'reports.example', reportsOnly: true },
  { do: 'account-add', name: 'alice', address: 'alice@example.org', password: 'correct horse' },
  { do: 'account-add', name: 'bob', address: 'bob@example.org', password: 'battery staple' },
  { do: 'address-add', address: '@all.example', account: 'bob' },
  { do: 'address-add', address: 'alice@all.example', account: 'alice', mailbox: 'Lists/all' },
  { do: 'address-add', address: 'bob@off.example', account: 'bob' },
  { do: 'address-add', address: 'bob@bücher.example', account: 'bob' },
  { do: 'alias-add', alias: 'team@example.org', members: ['alice@example.org', 'Bob@example.org'], postPublic: true },
  { do: 'alias-add', alias: 'from@example.org', members: ['bob@example.org'], allowMsgFrom: true },
  { do: 'domain-set', domain: 'off.example', disabled: true },
];

describe('lookupRecipient', async () => {
  const directory = await opened(...world);
  test.each<[string, string, string, string, string]>([
    ['alice@example.org', 'alice', 'alice@example.org', 'INBOX', 'alice@example.org'],
    ['"ALICE"@Example.ORG', 'alice', 'alice@example.org', 'INBOX', 'alice@example.org'],
    ['Alice+shop--x@example.org', 'alice', 'alice@example.org', 'INBOX', 'alice@example.org'],
    ['alice@all.example', 'alice', 'alice@all.example', 'Lists/all', 'alice@all.example'],
    ['Alice+x@all.example', 'alice', 'alice@all.example', 'Lists/all', 'alice@all.example'],
    ['nobody@all.example', 'bob', '@all.example', 'INBOX', 'nobody@all.example'],
    ['postmaster@all.example', 'bob', '@all.example', 'INBOX', 'postmaster@all.example'],
    ['bob@XN--BCHER-KVA.example', 'bob', 'bob@xn--bcher-kva.example', 'INBOX', 'bob@xn--bcher-kva.example'],
    ['PostMaster+x@example.org', 'alice', 'postmaster@example.org', 'INBOX', 'postmaster@example.org'],
    ['postmaster@MX.example.org', 'alice', 'postmaster@mx.example.org', 'INBOX', 'postmaster@mx.example.org'],
  ])('%s goes to %s', (text, account, address, mailbox, canonical) => {
    const found = directory.lookupRecipient(parts(text));
    expect(found).toMatchObject({
      kind: 'account',
      recipient: { account: { name: account }, address, mailbox },
      canonical,
    });
    if (address !== '@all.example' && account !== 'postmaster')
      expect(directory.canonicalAddress(parts(text))).toBe(canonical);
  });

  test.each([
    ['nobody@example.org', 'unknown-address'],
    ['bob@off.example', 'domain-disabled'],
    ['bob@other.example', 'unknown-domain'],
    ['any@reports.example', 'unknown-domain'],
    ['bob@mx.example.org', 'unknown-domain'],
  ])('%s: %s', (text, kind) => expect(directory.lookupRecipient(parts(text))).toEqual({ kind }));

  test('postmaster without a domain', () => {
    expect(directory.lookupRecipient({ localPart: 'PostMaster', domain: '' })).toMatchObject({
      kind: 'account',
      canonical: 'postmaster',
    });
    expect(directory.lookupRecipient({ localPart: 'alice', domain: '' })).toEqual({ kind: 'unknown-address' });
  });

  test('address literals are not ours', () => {
    expect(directory.lookupRecipient({ localPart: 'alice', domain: '[127.0.0.1]' })).toEqual({
      kind: 'unknown-domain',
    });
  });

  test('aliases, also with a separator', () => {
    expect(directory.lookupRecipient(parts('Team+x@example.org'))).toMatchObject({
      kind: 'alias',
      canonical: 'team@example.org',
      alias: {
        address: 'team@example.org',
        postPublic: true,
        allowMsgFrom: false,
        members: [
          { canonical: 'alice@example.org', account: { name: 'alice' } },
          { canonical: 'bob@example.org', address: 'bob@example.org' },
        ],
      },
    });
  });

  test('isLocalDomain', () => {
    expect(
      ['example.org', 'Bücher.example', 'off.example', 'reports.example', 'other.example', ''].map((name) =>
        directory.isLocalDomain(name),
      ),
    ).toEqual([true, true, true, true, false, false]);
  });

  test.each<[string, string, 'yes' | 'no' | 'domain-disabled']>([
    ['alice', 'Alice+x@example.org', 'yes'],
    ['alice', 'bob@example.org', 'no'],
    ['bob', 'whatever@all.example', 'yes'],
    ['alice', 'whatever@all.example', 'no'],
    ['bob', 'alice@all.example', 'no'],
    ['bob', 'from@example.org', 'yes'],
    ['alice', 'from@example.org', 'no'],
    ['alice', 'team@example.org', 'no'],
    ['bob', 'bob@off.example', 'domain-disabled'],
    ['alice', 'bob@off.example', 'no'],
    ['bob', 'bob@other.example', 'no'],
    ['bob', 'x@reports.example', 'no'],
    ['alice', 'postmaster@example.org', 'yes'],
  ])('may %s send as %s: %s', (name, text, want) => {
    const id = directory.view.accountIds.get(name);
    const account = id && directory.findAccount(id);
    expect(directory.maySendAs(account as Account, parts(text))).toBe(want);
  });
});

describe('checkPassword', async () => {
  const directory = await opened(...world);
  test.each([
    ['alice@example.org', 'correct horse', 'alice'],
    ['"ALICE"+x@example.org', 'correct horse', undefined],
    ['ALICE+phone@Example.org', 'correct horse', 'alice'],
    ['alice@example.org', 'correct\u{a0}horse', 'alice'],
    ['any@all.example', 'battery staple', 'bob'],
    ['bob@off.example', 'battery staple', 'bob'],
    ['alice@example.org', 'battery staple', undefined],
    ['alice@example.org', '', undefined],
    ['alice@example.org', 'a\u{7}', undefined],
    ['nobody@example.org', 'correct horse', undefined],
    ['team@example.org', 'correct horse', undefined],
    ['postmaster@example.org', 'correct horse', undefined],
    ['postmaster', 'correct horse', undefined],
    ['alice', 'correct horse', undefined],
    ['', '', undefined],
    ['__proto__@example.org', 'x', undefined],
  ])('%s with %j: %s', async (login, password, account) => {
    const outcome = await directory.checkPassword(login, password, 'imap');
    if (account === undefined) expect(outcome).toEqual({ ok: false, reason: 'bad-credentials' });
    else expect(outcome).toMatchObject({ ok: true, account: { name: account } });
    // The second time from the cache, if it was right.
    expect(await directory.checkPassword(login, password, 'imap')).toEqual(outcome);
  });

  test('the text for disabled logins is for those who know the password', async () => {
    await must(directory, { do: 'account-set', name: 'alice', loginDisabled: 'on holiday' });
    expect(await directory.checkPassword('alice@example.org', 'correct horse', 'imap')).toEqual({
      ok: false,
      reason: 'login-disabled',
      message: 'on holiday',
    });
    expect(await directory.checkPassword('alice@example.org', 'wrong', 'imap')).toEqual({
      ok: false,
      reason: 'bad-credentials',
    });
    await must(directory, { do: 'account-set', name: 'alice', loginDisabled: null });
    expect(await directory.checkPassword('alice@example.org', 'correct horse', 'imap')).toMatchObject({ ok: true });
  });

  test('a new password ends the old one, also in the cache', async () => {
    await must(directory, { do: 'account-password', name: 'bob', password: 'new password' });
    expect(await directory.checkPassword('bob@example.org', 'battery staple', 'imap')).toMatchObject({ ok: false });
    expect(await directory.checkPassword('bob@example.org', 'new password', 'imap')).toMatchObject({ ok: true });
  });

  test('a password that cannot be used is refused', async () => {
    const refused = await directory.editor.edit({ do: 'account-password', name: 'bob', password: 'a\nb' });
    expect(refused).toMatchObject({ ok: false, error: { reason: 'invalid' } });
  });
});

describe('TLS client keys', () => {
  const publicKey = new X509Certificate(p256Certificate).publicKey.export({ type: 'spki', format: 'der' });
  const add: DirectoryOperation = {
    do: 'tls-public-key-add',
    address: 'Alice+laptop@example.org',
    certificate: Buffer.from(p256Certificate).toString('base64'),
    imapPreauth: false,
  };

  test('a key logs in its account, as its own address or as another one of the account', async () => {
    const directory = await opened(...world, add);
    const key = { account: { name: 'alice' }, loginAddress: 'alice@example.org', imapPreauth: false };
    expect(directory.findTlsKey(publicKey)).toMatchObject(key);
    expect(directory.confirmTlsKey(publicKey, '')).toMatchObject({ ok: true, loginAddress: 'alice@example.org' });
    for (const [authorizeAs, account] of [
      ['alice@all.example', 'alice'],
      ['ALICE+x@example.org', 'alice'],
      ['bob@example.org', undefined],
      ['team@example.org', undefined],
      ['postmaster@example.org', undefined],
      ['nonsense', undefined],
    ] as const) {
      const outcome = directory.confirmTlsKey(publicKey, authorizeAs);
      if (account === undefined) expect(outcome).toEqual({ ok: false, reason: 'bad-credentials' });
      else expect(outcome).toMatchObject({ ok: true, account: { name: account } });
    }
  });

  test('disabled logins, removed keys and keys that nobody has', async () => {
    const directory = await opened(...world, add);
    await must(directory, { do: 'account-set', name: 'alice', loginDisabled: 'on holiday' });
    const want = { ok: false, reason: 'login-disabled', message: 'on holiday' };
    expect(directory.confirmTlsKey(publicKey, '')).toEqual(want);
    const [fingerprint = ''] = directory.view.tlsPublicKeys.keys();
    await must(directory, { do: 'tls-public-key-remove', fingerprint });
    for (const unknown of [publicKey, new Uint8Array(0)]) {
      expect(directory.findTlsKey(unknown)).toBeUndefined();
      expect(directory.confirmTlsKey(unknown, '')).toEqual({ ok: false, reason: 'bad-credentials' });
      expect(directory.confirmTlsKey(unknown, 'alice@example.org')).toEqual({ ok: false, reason: 'bad-credentials' });
    }
  });
});

describe('two processes on one directory', () => {
  test('each hears of the edits of the other, and edits at the same time all succeed', async () => {
    const store = memoryDirectoryStore();
    const [one, two] = [await open(store), await open(store)];
    await must(one, { do: 'domain-add', domain: 'example.org' });
    const heard = new Promise<void>((resolve) => two.watch(() => two.view.accounts.size === 20 && resolve()));
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        must(n % 2 ? one : two, { do: 'account-add', name: `a${n}`, address: `a${n}@example.org` }),
      ),
    );
    await heard;
    expect(one.view.accounts.size).toBe(20);
    expect(new Set(one.view.accountIds.values()).size).toBe(20);
    expect(new Map(two.view.accountIds)).toEqual(new Map(one.view.accountIds));
    const id = two.view.accountIds.get('a3');
    await must(one, { do: 'account-remove', name: 'a3' });
    await expect.poll(() => id && two.findAccount(id)).toBeUndefined();
    one.close();
    two.close();
  });

  test('one address for two accounts at the same time: one is refused', async () => {
    const store = memoryDirectoryStore();
    const [one, two] = [await open(store), await open(store)];
    await must(one, { do: 'domain-add', domain: 'example.org' });
    const outcomes = await Promise.all(
      [one, two].map((directory, n) =>
        directory.editor.edit({ do: 'account-add', name: `a${n}`, address: 'same@example.org' }),
      ),
    );
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
  });
});

test('a quota is set, kept, and taken away; not that of an account that is gone', async () => {
  const store = memoryDirectoryStore();
  const directory = await open(store);
  await must(directory, { do: 'domain-add', domain: 'example.org' });
  await must(directory, { do: 'account-add', name: 'alice', address: 'alice@example.org' });
  await must(directory, { do: 'account-add', name: 'bob', address: 'bob@example.org' });
  const bob = directory.findAccountByName('bob');
  if (bob === undefined) throw new Error('no bob');
  expect(await directory.setQuota(bob, 2048)).toBe(true);
  expect(directory.findAccount(bob.id)?.quotaBytes).toBe(2048);
  expect((await open(store)).findAccountByName('bob')?.quotaBytes).toBe(2048);
  expect(await directory.setQuota(bob, undefined)).toBe(true);
  expect((await open(store)).findAccountByName('bob')?.quotaBytes).toBeUndefined();
  await must(directory, { do: 'account-remove', name: 'bob' });
  expect(await directory.setQuota(bob, 1)).toBe(false);
});

test('a directory against the rules is not opened, and all that is wrong is said', async () => {
  const store = memoryDirectoryStore();
  const body = JSON.stringify({ kind: 'address', address: 'a@example.org', account: 'a', mailbox: 'INBOX' });
  await store.editDirectory({
    baseVersion: 0,
    put: [
      { kind: 'address', id: 'a@example.org', body },
      { kind: 'domain', id: 'x', body: '{' },
    ],
    remove: [],
    createAccounts: [],
    removeAccounts: [],
  });
  await expect(open(store)).rejects.toThrow(DirectoryInvalid);
  await expect(open(store)).rejects.toThrow(/"x" is not JSON\n.*no account "a"/);
});
