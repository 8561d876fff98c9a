import { expect, test } from 'vitest';
import { silentLog } from '../../base/log.ts';
import { systemClock } from '../../base/clock.ts';
import { applyDocument } from '../document/apply-document.ts';
import { directoryDocumentSchema } from '../document/directory-document.ts';
import type { DirectoryDocumentInput } from '../document/directory-document.ts';
import { exportDocument } from '../document/export-document.ts';
import { listDomains, showAccount } from '../facts.ts';
import { openDirectory } from '../live-directory.ts';
import type { LiveDirectory } from '../live-directory.ts';
import { memoryDirectoryStore } from '../testing/memory-directory-store.ts';
import { findUnknownTransports } from './check-transports.ts';
import { maxRoutes } from './route-shape.ts';

const known = new Set(['direct', 'smart', 'proxy']);

async function opened(store = memoryDirectoryStore()): Promise<LiveDirectory> {
  const base = { store, log: silentLog, clock: systemClock, hostnames: [] };
  const directory = await openDirectory({ ...base, transports: () => known });
  if (directory.view.domains.size > 0) return directory;
  await must(directory, { do: 'domain-add', domain: 'example.org' });
  await must(directory, { do: 'account-add', name: 'ann', address: 'ann@example.org' });
  return directory;
}

type Edit = Parameters<LiveDirectory['editor']['edit']>[0];

async function must(directory: LiveDirectory, operation: Edit): Promise<void> {
  expect(await directory.editor.edit(operation)).toMatchObject({ ok: true });
}

async function whyNot(directory: LiveDirectory, operation: Edit): Promise<string> {
  const done = await directory.editor.edit(operation);
  return done.ok ? 'it was done' : done.error.message;
}

const smart = { transport: 'smart' };
const annsId = (directory: LiveDirectory) => {
  const id = directory.view.accountIds.get('ann');
  if (id === undefined) throw new Error('ann is gone');
  return id;
};

test('routes of an account and of a domain: added in their place, kept by the store, removed by number', async () => {
  const store = memoryDirectoryStore();
  const directory = await opened(store);
  await must(directory, { do: 'route-add', account: 'ann', route: smart });
  const special = { to: ['.Bücher.example'], minimumAttempts: 2, transport: 'proxy' };
  await must(directory, { do: 'route-add', account: 'ann', route: special, at: 1 });
  await must(directory, { do: 'route-add', domain: 'Example.org', route: { transport: 'direct' } });
  const again = await opened(store);
  expect(again.routesOfAccount(annsId(again))).toEqual([
    { from: [], to: ['.xn--bcher-kva.example'], minimumAttempts: 2, transport: 'proxy' },
    { from: [], to: [], minimumAttempts: 0, transport: 'smart' },
  ]);
  expect(again.routesOfDomain('example.org').map(({ transport }) => transport)).toEqual(['direct']);
  expect(again.routesOfDomain('other.example')).toEqual([]);
  expect(listDomains(again.view)[0]?.routes).toMatchObject([{ transport: 'direct' }]);
  const ann = again.view.accounts.get('ann');
  expect(ann && showAccount(again.view, ann).routes[0]?.to).toEqual(['.bücher.example']);

  await must(again, { do: 'route-remove', account: 'ann', at: 1 });
  expect(again.routesOfAccount(annsId(again)).map(({ transport }) => transport)).toEqual(['smart']);
  // Other edits leave them alone.
  await must(again, { do: 'account-set', name: 'ann', quotaBytes: 5 });
  await must(again, { do: 'domain-set', domain: 'example.org', disabled: true });
  expect(again.routesOfAccount(annsId(again))).toHaveLength(1);
  expect(again.routesOfDomain('example.org')).toHaveLength(1);
  await must(again, { do: 'route-remove', account: 'ann', at: 1 });
  expect(again.view.accounts.get('ann')).not.toHaveProperty('routes');
});

test.each<[string, Edit, RegExp]>([
  [
    'a transport that is not there',
    { do: 'route-add', account: 'ann', route: { transport: 'moon' } },
    /account "ann": there is no transport "moon"/,
  ],
  [
    'a domain that is none',
    { do: 'route-add', account: 'ann', route: { ...smart, to: ['a b'] } },
    /"a b" is no domain/,
  ],
  ['nobody', { do: 'route-add', route: smart }, /account or to a domain/],
  ['both', { do: 'route-add', account: 'ann', domain: 'example.org', route: smart }, /account or to a domain/],
  ['an account that is not there', { do: 'route-add', account: 'bob', route: smart }, /no account "bob"/],
  ['a number too high', { do: 'route-remove', account: 'ann', at: 1 }, /there is no route 1/],
])('refused: %s', async (_what, operation, message) => {
  expect(await whyNot(await opened(), operation)).toMatch(message);
});

test('lists are bounded', async () => {
  const directory = await opened();
  const routes = Array.from({ length: maxRoutes }, () => smart);
  const document = directoryDocumentSchema.parse({ accounts: { ann: { routes } } });
  expect(await applyDocument(directory.editor, document, { prune: false, dryRun: false })).toMatchObject({ ok: true });
  expect(await whyNot(directory, { do: 'route-add', account: 'ann', route: smart })).toMatch(/at most 100/);
});

test('a document brings them, and is what export prints', async () => {
  const directory = await opened();
  const document: DirectoryDocumentInput = {
    domains: { 'example.org': { routes: [{ to: ['.Bücher.example'], 'minimum-attempts': 3, transport: 'smart' }] } },
    accounts: { ann: { addresses: ['ann@example.org'], routes: [{ from: ['example.org'], transport: 'proxy' }] } },
  };
  const apply = (input: DirectoryDocumentInput, dryRun = false) =>
    // Twice, as the command line and the server read it.
    applyDocument(directory.editor, directoryDocumentSchema.parse(directoryDocumentSchema.parse(input)), {
      prune: true,
      dryRun,
    });
  expect(await apply(document)).toMatchObject({ ok: true });
  const written = exportDocument(directory.view, { withCredentials: false });
  expect(written.domains?.['example.org']).toMatchObject({
    routes: [{ to: ['.bücher.example'], 'minimum-attempts': 3, transport: 'smart' }],
  });
  expect(written.accounts?.['ann']).toMatchObject({ routes: [{ from: ['example.org'], transport: 'proxy' }] });
  expect(await apply(written)).toEqual({ ok: true, value: { lines: [] } });

  for (const dryRun of [true, false]) {
    const lost = await apply({ ...written, accounts: { ann: { routes: [{ transport: 'moon' }] } } }, dryRun);
    expect(lost.ok ? [] : lost.error.map(({ message }) => message)).toEqual([expect.stringMatching(/"moon"/)]);
  }
  expect(await apply({ ...written, accounts: { ann: { addresses: ['ann@example.org'] } } })).toMatchObject({
    ok: true,
  });
  expect(directory.routesOfAccount(annsId(directory))).toEqual([]);
});

test('transports that went from the configuration are found, and do not hinder other edits', async () => {
  const directory = await opened();
  await must(directory, { do: 'route-add', account: 'ann', route: smart });
  await must(directory, { do: 'route-add', account: 'ann', route: { ...smart, to: ['a.example'] } });
  const found = findUnknownTransports(directory.view, new Set(['direct']));
  expect(found.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^account "ann": there is no transport "smart"/),
  ]);
  expect(findUnknownTransports(directory.view, known)).toEqual([]);
  known.delete('smart');
  try {
    await must(directory, { do: 'account-set', name: 'ann', quotaBytes: 5 });
    await must(directory, { do: 'route-remove', account: 'ann', at: 1 });
    await must(directory, { do: 'route-remove', account: 'ann', at: 1 });
    expect(await whyNot(directory, { do: 'route-add', account: 'ann', route: smart })).toMatch(/"smart"/);
  } finally {
    known.add('smart');
  }
});
