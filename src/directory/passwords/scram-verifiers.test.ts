import { describe, expect, test } from 'vitest';

import { silentLog } from '../../base/log.ts';
import type { DirectoryOperation } from '../decide-operation.ts';
import type { LoginOutcome } from '../directory.ts';
import { exportDocument } from '../document/export-document.ts';
import { openDirectory } from '../live-directory.ts';
import type { LiveDirectory } from '../live-directory.ts';
import { memoryDirectoryStore } from '../testing/memory-directory-store.ts';
import { deriveScram } from '../test-scram-client.ts';

const open = (store = memoryDirectoryStore()) =>
  openDirectory({ store, log: silentLog, clock: { now: () => 0 }, hostnames: [] });

async function must(directory: LiveDirectory, operation: DirectoryOperation): Promise<void> {
  expect(await directory.editor.edit(operation)).toMatchObject({ ok: true });
}

async function world(store = memoryDirectoryStore()): Promise<LiveDirectory> {
  const directory = await open(store);
  await must(directory, { do: 'domain-add', domain: 'example.org' });
  await must(directory, { do: 'domain-set', domain: 'example.org', separators: ['+'] });
  await must(directory, { do: 'account-add', name: 'ann', address: 'ann@example.org', password: 'pencil case' });
  return directory;
}

describe.each(['sha1', 'sha256'] as const)('SCRAM with %s', (digest) => {
  test('what is kept is that of the password, under every spelling of the login', async () => {
    const directory = await world();
    for (const login of ['ann@example.org', 'ANN@Example.ORG', 'ann+shop@example.org']) {
      const found = directory.findScramVerifier(login, digest);
      const { verifier } = deriveScram(digest, 'pencil case', found.salt, found.iterations);
      expect(Buffer.from(found.storedKey).equals(verifier.storedKey)).toBe(true);
      expect(Buffer.from(found.serverKey).equals(verifier.serverKey)).toBe(true);
      expect(directory.confirmScram(login, found.storedKey, 'imap')).toMatchObject({
        ok: true,
        account: { name: 'ann' },
      });
    }
  });

  test('an unknown login looks like a known one, and the same after a restart', async () => {
    const store = memoryDirectoryStore();
    const directory = await world(store);
    const known = directory.findScramVerifier('ann@example.org', digest);
    const unknown = ['bob@example.org', 'bob@elsewhere.example', 'bob', '', 'a@b@c'].map((login) => {
      const found = directory.findScramVerifier(login, digest);
      expect(found.iterations).toBe(known.iterations);
      for (const part of ['salt', 'storedKey', 'serverKey'] as const) {
        expect(found[part]).toHaveLength(known[part].length);
      }
      expect(directory.confirmScram(login, found.storedKey, 'imap')).toEqual({ ok: false, reason: 'bad-credentials' });
      return Buffer.from(found.salt).toString('hex');
    });
    expect(new Set(unknown).size).toBe(unknown.length);
    const again = await open(store);
    expect(again.findScramVerifier('BOB+x@Example.org', digest)).toEqual(
      directory.findScramVerifier('bob@example.org', digest),
    );
    const other = await world();
    expect(Buffer.from(other.findScramVerifier('bob@example.org', digest).salt).toString('hex')).not.toBe(unknown[0]);
  });

  test('a password changed between challenge and proof ends the login', async () => {
    const directory = await world();
    const before = directory.findScramVerifier('ann@example.org', digest);
    await must(directory, { do: 'account-password', name: 'ann', password: 'another one' });
    expect(directory.confirmScram('ann@example.org', before.storedKey, 'imap')).toEqual({
      ok: false,
      reason: 'bad-credentials',
    });
  });

  test('who may not log in is told why after the proof', async () => {
    const directory = await world();
    await must(directory, { do: 'account-set', name: 'ann', loginDisabled: 'on holiday' });
    const found = directory.findScramVerifier('ann@example.org', digest);
    const want: LoginOutcome = { ok: false, reason: 'login-disabled', message: 'on holiday' };
    expect(directory.confirmScram('ann@example.org', found.storedKey, 'imap')).toEqual(want);
  });
});

test('the secret outlives the account of the postmaster, and is told to nobody', async () => {
  const directory = await world();
  const { loginSecret } = directory.view.settings;
  expect(loginSecret).toMatch(/^[A-Za-z0-9+/]{43}=$/);
  expect(directory.view.settings.postmaster).toBe('ann');
  expect(JSON.stringify(exportDocument(directory.view, { withCredentials: true }))).not.toContain(loginSecret);
  await must(directory, { do: 'account-remove', name: 'ann' });
  expect(directory.view.settings).toEqual({ kind: 'settings', loginSecret });
});
