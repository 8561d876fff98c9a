import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { DataUnusable } from './data-unusable.ts';
import { tryLockData } from './data-lock.ts';
import { openStore } from './open-store.ts';
import { SqliteConnection } from './sqlite/sqlite-connection.ts';

const dir = mkdtempSync(join(tmpdir(), 'posthorn-unusable-'));
afterAll(() => rmSync(dir, { recursive: true }));

function folder(name: string): string {
  mkdirSync(join(dir, name));
  return join(dir, name);
}

const unusable = (what: string): unknown => expect.objectContaining({ name: 'DataUnusable', message: what });

test('what is not a database is named, also when the thread that writes finds it', async () => {
  const dataDir = folder('other');
  const path = join(dataDir, 'posthorn.db');
  writeFileSync(path, 'these are notes of somebody else\n'.repeat(1000));
  const what = `${path} is not a database of posthorn, or is damaged: restore a backup, or name another data folder`;
  await expect(openStore({ dataDir })).rejects.toEqual(unusable(what));
  await expect(openStore({ dataDir })).rejects.toBeInstanceOf(DataUnusable);
  expect(() => new SqliteConnection(path, { readOnly: true, cacheKiB: 64 })).toThrow(what);
});

test('a damaged database says that it is, not where in our code that was found', async () => {
  const dataDir = folder('damaged');
  await (await openStore({ dataDir })).close();
  const path = join(dataDir, 'posthorn.db');
  const octets = Buffer.alloc(3000, 0xa5);
  writeFileSync(path, octets, { flag: 'r+' });
  await expect(openStore({ dataDir })).rejects.toMatchObject({ name: 'DataUnusable' });
});

test('a file that cannot be opened says who needs which rights', () => {
  const path = join(dir, 'nowhere', 'posthorn.db');
  expect(() => new SqliteConnection(path, { readOnly: true, cacheKiB: 64 })).toThrow(
    `${path} cannot be opened: it and ${join(dir, 'nowhere')} must be there, and be readable and writable for this user`,
  );
  const held = folder('lock');
  mkdirSync(join(held, 'posthorn.lock'));
  expect(() => tryLockData(held)).toThrow(/posthorn\.lock cannot be opened/);
});

test('a write where only reading is allowed says that it is', async () => {
  const dataDir = folder('reading');
  await (await openStore({ dataDir })).close();
  const connection = new SqliteConnection(join(dataDir, 'posthorn.db'), { readOnly: true, cacheKiB: 64 });
  expect(() => connection.exec('DELETE FROM email')).toThrow(/cannot be written: it belongs to another user/);
  connection.close();
});
