import { mkdtemp } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../open-store.ts';
import { sqliteDialect } from '../sql/dialect.ts';
import { folding } from './0007-folding.ts';
import { DatabaseTooNew } from './migrate.ts';
import { migrations } from './migrations.ts';

test('numbers go up by one', () => {
  expect(migrations.map((step) => step.number)).toEqual(migrations.map((_step, index) => index + 1));
});

test('a database of a newer posthorn is refused with what to do, and left alone', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'posthorn-migrate-'));
  await (await openStore({ dataDir })).close();
  const database = new DatabaseSync(join(dataDir, 'posthorn.db'));
  database.exec('INSERT INTO schema_version (version) VALUES (999)');
  database.close();
  const opening = openStore({ dataDir });
  await expect(opening).rejects.toBeInstanceOf(DatabaseTooNew);
  await expect(opening).rejects.toThrow(/schema version 999.*restore a backup/);
});

test('a database that is up to date opens again', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'posthorn-migrate-'));
  await (await openStore({ dataDir })).close();
  await (await openStore({ dataDir })).close();
});

test('mail that was folded in another way is found all the same', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'posthorn-migrate-'));
  const before = await openStore({ dataDir });
  const { version } = await before.readDirectory();
  const edit = { baseVersion: version, put: [], remove: [], removeAccounts: [] };
  const edited = await before.editDirectory({ ...edit, createAccounts: [{ name: 'a', mailboxes: 'minimal' }] });
  const accountId = edited.ok ? edited.accountIds.get('a') : undefined;
  if (accountId === undefined) throw new Error('no account');
  for (const subject of ['Grüße', 'plain', 'Grüße']) {
    const target = {
      accountId,
      mailbox: { name: 'INBOX', orInbox: true },
      flags: 0,
      keywords: [],
      receivedAtMs: 0,
      prefix: '',
    };
    const octets = Buffer.from(`Subject: ${subject}\r\n\r\nText\r\n`);
    await before.append({ message: { kind: 'octets', octets }, targets: [target] });
  }
  await before.close();
  const database = new DatabaseSync(join(dataDir, 'posthorn.db'));
  database.exec(`UPDATE email SET head = replace(head, 'gru' || char(776), 'grü') WHERE id = 1`);
  // The step itself: those that come later have been done already, and not all can be done twice.
  for (const statement of folding.statements(sqliteDialect)) {
    if (!statement.includes('INTO search_pending')) database.exec(statement);
  }
  database.exec("UPDATE counter SET value = 0 WHERE name = 'indexed'");
  database.close();
  const store = await openStore({ dataDir });
  const mailbox = await store.findMailbox(accountId, 'INBOX');
  if (mailbox === undefined) throw new Error('no INBOX');
  const ask = (needle: string) => ({
    ...{ accountId, mailboxId: mailbox.id, uids: Uint32Array.of(1, 2, 3) },
    query: { in: 'header', name: 'subject', needle } as const,
  });
  expect([...(await store.matchText(ask('GRÜSSE')))]).toEqual([]);
  expect([...(await store.matchText(ask('grüße')))]).toEqual([1, 3]);
  expect([...(await store.matchText(ask('i')))]).toEqual([2]);
  expect([...(await store.rankText(ask('grüße'))).uids]).toEqual([1, 3]);
  await store.close();
});
