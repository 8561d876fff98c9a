import { mkdtemp } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../open-store.ts';
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
