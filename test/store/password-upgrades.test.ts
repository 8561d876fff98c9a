/** Passwords that are kept more strongly after a login, on both engines, while another process changes them. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { directoryChange } from '../../src/directory/directory-change.ts';
import type { DirectoryOperation } from '../../src/directory/decide-operation.ts';
import { openDirectory } from '../../src/directory/live-directory.ts';
import type { LiveDirectory } from '../../src/directory/live-directory.ts';
import { hashParameters, scramIterations } from '../../src/directory/passwords/credential.ts';
import { weakCredential } from '../../src/directory/testing/weak-credential.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { startPostgresIfPossible } from '../servers/postgres.ts';

const server = await startPostgresIfPossible();
const dataDir = () => mkdtemp(join(tmpdir(), 'posthorn-upgrades-'));

/** The stores of two processes; SQLite has one process. */
type OpenBoth = () => Promise<readonly [Store, Store]>;

const sqlite: OpenBoth = async () => {
  const store = await openStore({ dataDir: await dataDir() });
  return [store, store];
};

const postgres: OpenBoth = async () => {
  const databaseUrl = await server?.createDatabase();
  if (databaseUrl === undefined) throw new Error('no server');
  const open = async () => openStore({ dataDir: await dataDir(), databaseUrl });
  return [await open(), await open()];
};

describe.each<[string, OpenBoth, boolean]>([
  ['SQLite', sqlite, true],
  ['PostgreSQL', postgres, server !== undefined],
])('passwords kept weakly, on %s', (_, openBoth, isThere) => {
  let stores: readonly [Store, Store];
  let one: LiveDirectory;
  let other: LiveDirectory;

  beforeAll(async () => {
    if (!isThere) return;
    stores = await openBoth();
    const open = (store: Store) => openDirectory({ store, log: silentLog, clock: systemClock, hostnames: [] });
    one = await open(stores[0]);
    other = await open(stores[1]);
    await edit({ do: 'domain-add', domain: 'example.org' });
  });
  afterAll(async () => {
    if (!isThere) return;
    one.close();
    other.close();
    for (const store of new Set(stores)) await store.close();
  });

  async function edit(operation: DirectoryOperation): Promise<void> {
    const done = await one.editor.edit(operation);
    if (!done.ok) throw new Error(done.error.message);
  }

  /** An account whose password was set years ago, known to both. */
  async function addOld(name: string): Promise<void> {
    await edit({ do: 'account-add', name, address: `${name}@example.org` });
    const record = { kind: 'credential', account: name, credential: weakCredential('old password') } as const;
    await one.editor.change(() => ({ ok: true, value: directoryChange({ put: [record] }) }));
    await vi.waitFor(() => expect(kept(other, name)).toEqual(record.credential), 10_000);
  }

  const kept = (directory: LiveDirectory, name: string) => directory.view.credentials.get(name)?.credential;
  const logIn = (directory: LiveDirectory, name: string, password: string) =>
    directory.checkPassword(`${name}@example.org`, password, 'imap');

  test.runIf(isThere)('a login makes them strong, for all processes and after a restart', async () => {
    await addOld('ann');
    const outcome = await logIn(other, 'ann', 'old password');
    if (!outcome.ok) throw new Error('no login');
    await vi.waitFor(() => expect(kept(one, 'ann')?.scramSha256.iterations).toBe(scramIterations), 10_000);
    expect(kept(one, 'ann')?.argon2id).toMatchObject(hashParameters);
    expect([one, other].map((each) => each.mayStay(outcome.account, outcome.proof))).toEqual([true, true]);
    const again = await openDirectory({ store: stores[0], log: silentLog, clock: systemClock, hostnames: [] });
    expect(await logIn(again, 'ann', 'old password')).toMatchObject({ ok: true, proof: outcome.proof });
    again.close();
  });

  test.runIf(isThere)('a change at the same moment wins, in whichever order', async () => {
    for (const name of ['bea', 'cleo', 'dora', 'eve']) {
      await addOld(name);
      await Promise.all([
        logIn(other, name, 'old password'),
        edit({ do: 'account-password', name, password: `new password of ${name}` }),
      ]);
      await vi.waitFor(() => expect(kept(other, name)).toEqual(kept(one, name)), 10_000);
    }
    // All that was begun is written by now: one at a time, and this one is the last.
    await addOld('last');
    await logIn(other, 'last', 'old password');
    await vi.waitFor(() => expect(kept(one, 'last')?.argon2id).toMatchObject(hashParameters), 10_000);
    for (const name of ['bea', 'cleo', 'dora', 'eve']) {
      expect(await logIn(one, name, `new password of ${name}`)).toMatchObject({ ok: true });
      expect(await logIn(one, name, 'old password')).toMatchObject({ ok: false });
    }
  });
});
