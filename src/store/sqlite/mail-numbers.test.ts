import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { first } from '../sql/statement.ts';
import { ReservedNumbers } from './mail-numbers.ts';
import { openDatabaseForWriting } from './open-database.ts';
import type { SqliteConnection } from './sqlite-connection.ts';

const open = async (): Promise<SqliteConnection> =>
  openDatabaseForWriting(join(await mkdtemp(join(tmpdir(), 'posthorn-numbers-')), 'posthorn.db'));

const reserved = (connection: SqliteConnection): number =>
  Number(connection.run(first("SELECT max(seq) FROM sqlite_sequence WHERE name IN ('email', 'blob')"))?.[0]);

const insertBlob = (connection: SqliteConnection, id: number): void =>
  connection.exec(
    `INSERT INTO blob (id, hash_prefix, hash, size_bytes, encoding, stored_at) VALUES (${id}, 0, x'', 0, 0, 0)`,
  );

test('numbers go up by one, and one reservation serves many', async () => {
  const connection = await open();
  const numbers = new ReservedNumbers();
  const taken = Array.from({ length: 300 }, () => connection.run(numbers.take()));
  expect(taken).toEqual(Array.from({ length: 300 }, (_each, i) => i + 1));
  expect(reserved(connection)).toBe(512);
  connection.close();
});

test('another writer goes on behind everything that was reserved', async () => {
  const connection = await open();
  const numbers = new ReservedNumbers();
  insertBlob(connection, connection.run(numbers.take()));
  connection.exec('DELETE FROM blob');
  expect(connection.run(new ReservedNumbers().take())).toBe(257);
  connection.close();
});

test('a reservation that was rolled back is kept up by what is inserted', async () => {
  const connection = await open();
  const numbers = new ReservedNumbers();
  connection.exec('BEGIN');
  connection.run(numbers.take());
  connection.exec('ROLLBACK');
  expect(reserved(connection)).toBe(0);
  const number = connection.run(numbers.take());
  expect(number).toBe(2);
  insertBlob(connection, number);
  connection.exec('DELETE FROM blob');
  expect(connection.run(new ReservedNumbers().take())).toBe(3);
  connection.close();
});
