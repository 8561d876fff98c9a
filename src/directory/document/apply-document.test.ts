import { describe, expect, test } from 'vitest';

import { silentLog } from '../../base/log.ts';
import { systemClock } from '../../base/clock.ts';
import { openDirectory } from '../live-directory.ts';
import type { LiveDirectory } from '../live-directory.ts';
import { memoryDirectoryStore } from '../testing/memory-directory-store.ts';
import { p256Certificate } from '../testing/certificates.ts';
import { applyDocument } from './apply-document.ts';
import { directoryDocumentSchema } from './directory-document.ts';
import type { DirectoryDocumentInput } from './directory-document.ts';
import { exportDocument } from './export-document.ts';

async function opened(): Promise<{ directory: LiveDirectory; edits: () => number }> {
  const store = memoryDirectoryStore();
  const directory = await openDirectory({ store, log: silentLog, clock: systemClock, hostnames: [] });
  // Opening makes the secret of the server.
  const before = store.edits;
  return { edits: () => store.edits - before, directory };
}

async function apply(
  directory: LiveDirectory,
  input: DirectoryDocumentInput,
  options = { prune: false, dryRun: false },
) {
  return applyDocument(directory.editor, directoryDocumentSchema.parse(input), options);
}

const document: DirectoryDocumentInput = {
  domains: { 'bücher.example': null as never, 'example.org': { 'catchall-separators': ['+', '-'] } },
  accounts: {
    alice: { password: 'correct horse', addresses: ['Alice@example.org', '@bücher.example'], quota: 1000 },
    bob: { password: 'battery', addresses: [{ address: 'bob@example.org', mailbox: 'Work' }], mailboxes: 'minimal' },
  },
  aliases: { 'team@example.org': { members: ['alice@example.org', 'bob@example.org'], 'post-public': true } },
};

describe('applyDocument', () => {
  test('hidden capabilities come, go out again, and go', async () => {
    const { directory } = await opened();
    const hiding = { accounts: { alice: { addresses: [], 'hidden-capabilities': ['idle', 'THREAD'] } } };
    expect(await apply(directory, hiding)).toMatchObject({ ok: true });
    const id = directory.view.accountIds.get('alice');
    expect(id && directory.findAccount(id)?.hiddenCapabilities).toEqual(['IDLE', 'THREAD']);
    const written = exportDocument(directory.view, { withCredentials: false });
    expect(written.accounts?.['alice']).toMatchObject({ 'hidden-capabilities': ['IDLE', 'THREAD'] });
    await directory.editor.edit({ do: 'account-set', name: 'alice', hiddenCapabilities: ['move'] });
    expect(id && directory.findAccount(id)?.hiddenCapabilities).toEqual(['MOVE']);
    await directory.editor.edit({ do: 'account-set', name: 'alice', hiddenCapabilities: [] });
    expect(id && directory.findAccount(id)?.hiddenCapabilities).toEqual([]);
  });

  test('administrators come, go out again, and go', async () => {
    const { directory } = await opened();
    expect(await apply(directory, { accounts: { alice: { addresses: [], admin: true } } })).toMatchObject({ ok: true });
    expect(directory.findAccountByName('alice')?.isAdministrator).toBe(true);
    const written = exportDocument(directory.view, { withCredentials: false });
    expect(written.accounts?.['alice']).toMatchObject({ admin: true });
    await directory.editor.edit({ do: 'account-set', name: 'alice', administrator: false });
    expect(directory.findAccountByName('alice')?.isAdministrator).toBe(false);
    expect(exportDocument(directory.view, { withCredentials: false }).accounts?.['alice']).not.toHaveProperty('admin');
  });

  test('is one edit, and none when it is applied again', async () => {
    const { directory, edits } = await opened();
    expect(await apply(directory, document)).toMatchObject({ ok: true });
    expect(edits()).toBe(1);
    expect(directory.view.settings.postmaster).toBe('alice');
    expect(directory.view.aliases.get('team@example.org')?.members).toEqual(['Alice@example.org', 'bob@example.org']);
    expect(await directory.checkPassword('bob@example.org', 'battery', 'imap')).toMatchObject({ ok: true });
    expect(await apply(directory, document)).toEqual({ ok: true, value: { lines: [] } });
    expect(edits()).toBe(1);
  });

  test('a dry run tells what it would do and does nothing', async () => {
    const { directory, edits } = await opened();
    const done = await apply(directory, document, { prune: false, dryRun: true });
    expect(done.ok && done.value.lines).toEqual(
      expect.arrayContaining([
        '+ domain example.org',
        '+ account alice',
        '+ password of bob',
        '+ address @xn--bcher-kva.example',
        '+ alias team@example.org',
      ]),
    );
    expect(edits()).toBe(0);
  });

  test('what the document does not have stays, or goes with prune; lists of addresses are whole', async () => {
    const { directory } = await opened();
    await apply(directory, document);
    await apply(directory, { accounts: { bob: { addresses: ['bob@example.org', 'robert@example.org'] } } });
    expect(directory.view.addresses.get('bob@example.org')?.mailbox).toBe('INBOX');
    expect(directory.view.accounts.size).toBe(2);
    expect(await directory.checkPassword('robert@example.org', 'battery', 'imap')).toMatchObject({ ok: true });
    const pruned = await apply(
      directory,
      { domains: { 'example.org': {} }, accounts: { bob: { addresses: ['bob@example.org'] } } },
      { prune: true, dryRun: false },
    );
    expect(pruned.ok && pruned.value.lines).toEqual(
      expect.arrayContaining([
        '- account alice',
        '- credential alice',
        '- address robert@example.org',
        '- alias team@example.org',
        '- domain xn--bcher-kva.example',
        '~ settings settings',
      ]),
    );
    expect([...directory.view.accountIds.keys()]).toEqual(['bob']);
    expect(directory.view.settings.postmaster).toBe('bob');
  });

  test('an address may move from one account to another, and become an alias, in one go', async () => {
    const { directory } = await opened();
    await apply(directory, document);
    const moved = await apply(
      directory,
      {
        accounts: {
          alice: { addresses: ['@bücher.example', 'a@example.org'] },
          bob: { addresses: ['bob@example.org', 'team@example.org'] },
        },
        aliases: { 'alice@example.org': { members: ['bob@example.org'] } },
      },
      { prune: true, dryRun: false },
    );
    expect(moved.ok).toBe(false);
    const whole = await apply(
      directory,
      {
        domains: document.domains,
        accounts: {
          alice: { addresses: ['@bücher.example', 'a@example.org'] },
          bob: { addresses: ['bob@example.org', 'team@example.org'] },
        },
        aliases: { 'alice@example.org': { members: ['bob@example.org'] } },
      },
      { prune: true, dryRun: false },
    );
    expect(whole).toMatchObject({ ok: true });
    expect(directory.view.addresses.get('team@example.org')?.account).toBe('bob');
    expect(directory.view.byCanonical.get('alice@example.org')?.kind).toBe('alias');
  });

  test('all conflicts are told at once, and nothing is done', async () => {
    const { directory, edits } = await opened();
    const done = await apply(directory, {
      domains: { 'example.org': {}, 'r.example': { 'reports-only': true } },
      accounts: {
        alice: { addresses: ['a@example.org', 'A@example.org', 'x@r.example', 'a+b@example.org'] },
        bob: { addresses: ['a@example.org'] },
      },
      aliases: { 'all@example.org': { members: ['nobody@example.org'] } },
    });
    expect(done.ok ? [] : done.error.map(({ reason }) => reason)).toEqual([
      'same-canonical-form',
      'reports-only-domain',
      'separator-in-local-part',
      'exists',
      'unknown',
    ]);
    expect(edits()).toBe(0);
  });

  test('texts that cannot be read are told with what is wrong', async () => {
    const { directory } = await opened();
    const done = await apply(directory, {
      domains: { 'a b': {} },
      accounts: { x: { addresses: ['nonsense'], password: 'a\0' } },
    });
    expect(done.ok).toBe(false);
    const other = await apply(directory, { domains: { 'a b': {} }, accounts: { x: { addresses: ['nonsense'] } } });
    expect(other.ok ? '' : other.error.map(({ message }) => message).join('; ')).toMatch(
      /"a b" is no domain name; "nonsense" is no address/,
    );
  });

  test('export and apply on an empty directory give the same directory', async () => {
    const { directory } = await opened();
    await apply(directory, document);
    await directory.editor.edit({
      do: 'tls-public-key-add',
      address: 'x@bücher.example',
      certificate: Buffer.from(p256Certificate).toString('base64'),
    });
    const exported = exportDocument(directory.view, { withCredentials: true });
    const other = (await opened()).directory;
    expect(await apply(other, exported)).toMatchObject({ ok: true });
    expect(exportDocument(other.view, { withCredentials: true })).toEqual(exported);
    expect(await other.checkPassword('alice@example.org', 'correct horse', 'imap')).toMatchObject({ ok: true });
    expect(JSON.stringify(exportDocument(directory.view, { withCredentials: false }))).not.toMatch(
      /argon2id|storedKey/,
    );
  });

  test('hundreds of accounts in one edit', async () => {
    const { directory, edits } = await opened();
    const accounts = Object.fromEntries(
      Array.from({ length: 500 }, (_, n) => [`u${n}`, { addresses: [`u${n}@example.org`] }]),
    );
    expect(await apply(directory, { domains: { 'example.org': {} }, accounts })).toMatchObject({ ok: true });
    expect(edits()).toBe(1);
    expect(directory.view.accountIds.size).toBe(500);
  });
});

test('unknown keys are refused', () => {
  expect(directoryDocumentSchema.safeParse({ accounts: { a: { adresses: [] } } }).success).toBe(false);
});
