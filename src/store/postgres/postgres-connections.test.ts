import { createServer, connect } from 'node:net';
import type { Server, Socket } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Log } from '../../base/log.ts';
import { silentLog } from '../../base/log.ts';
import { execute, query } from '../sql/statement.ts';
import type { Operation } from '../sql/statement.ts';
import { CommitUnknown, DatabaseUnavailable } from '../store.ts';
import { Bench, server } from '../../../test/store/postgres-bench.ts';
import { PostgresDriver } from './postgres-driver.ts';

describe.skipIf(server === undefined)('connections that break', () => {
  const bench = new Bench();
  beforeAll(() => bench.start());
  afterEach(() => bench.closeAll());

  test('before the commit: the operation runs again', async () => {
    const driver = await bench.open();
    let tries = 0;
    await driver.write(function* () {
      tries++;
      yield* execute('INSERT INTO t VALUES (?, 0)', tries);
      if (tries < 3) yield* query('SELECT pg_terminate_backend(pg_backend_pid())');
    });
    expect(tries).toBe(3);
    expect(await driver.read(query('SELECT k FROM t'))).toEqual([[3]]);
  });

  test('while nobody used them: nobody notices', async () => {
    const driver = await bench.open();
    const all = () => Promise.all(Array.from({ length: 5 }, () => driver.read(query('SELECT 1'))));
    await all();
    await bench.killAll();
    expect(await all()).toHaveLength(5);
    await bench.killAll();
    await driver.write(() => execute('INSERT INTO t VALUES (10, 0)'));
    expect(await driver.read(query('SELECT k FROM t WHERE k = 10'))).toEqual([[10]]);
  });

  test('in the middle of a read: an error, as it cannot start again', async () => {
    const driver = await bench.open();
    const read = driver.read(
      (function* (): Operation<void> {
        yield* query('SELECT 1');
        yield* query('SELECT pg_terminate_backend(pg_backend_pid())');
      })(),
    );
    await expect(read).rejects.toBeInstanceOf(DatabaseUnavailable);
  });

  test('at the commit: an error that says that nobody knows', async () => {
    const cutter = await cutAt('COMMIT', new URL(bench.url));
    try {
      const driver = await bench.open({ url: cutter.url });
      let tries = 0;
      const write = driver.write(function* () {
        tries++;
        yield* query('INSERT INTO t VALUES (20, 0) RETURNING k');
      });
      await expect(write).rejects.toBeInstanceOf(CommitUnknown);
      expect(tries).toBe(1);
    } finally {
      await cutter.stop();
    }
  });

  test('a server that is not there', async () => {
    const url = Object.assign(new URL(bench.url), { port: '1' }).href;
    await expect(PostgresDriver.open({ url, attempts: 2 })).rejects.toBeInstanceOf(DatabaseUnavailable);
    await expect(PostgresDriver.open({ url, attempts: 2 })).rejects.toThrow('ECONNREFUSED');
  });

  test('a wrong password, a database that is not there, an address that is none: at once, without the password', async () => {
    const wrong = Object.assign(new URL(bench.url), { password: 'guessed-wrong' }).href;
    await expect(PostgresDriver.open({ url: wrong })).rejects.toMatchObject({ code: '28P01' });
    const nowhere = Object.assign(new URL(bench.url), { pathname: '/nowhere' }).href;
    await expect(PostgresDriver.open({ url: nowhere })).rejects.toMatchObject({ code: '3D000' });
    const badly = PostgresDriver.open({ url: 'mysql://user:guessed-wrong@host/database' });
    await expect(badly).rejects.toThrow('postgres://');
    await expect(badly).rejects.not.toThrow('guessed-wrong');
  });

  test('a database that cannot hold all text is refused; one without fsync is warned of', async () => {
    await bench.sql(
      "CREATE DATABASE ascii_only ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0",
    );
    const url = Object.assign(new URL(bench.url), { pathname: '/ascii_only' }).href;
    await expect(PostgresDriver.open({ url })).rejects.toThrow('must be UTF8, not SQL_ASCII');
    await bench.sql('DROP DATABASE ascii_only WITH (FORCE)');
    const warnings: string[] = [];
    const log: Log = { ...silentLog, warn: (message) => warnings.push(message) };
    await bench.open({ log });
    expect(warnings.join()).toContain('fsync is off');
  });

  test('closing waits for what is under way and refuses what comes later', async () => {
    const driver = await bench.open();
    const write = driver.write(function* () {
      yield* query('SELECT pg_sleep(0.1)');
      yield* execute('INSERT INTO t VALUES (30, 0)');
    });
    await Promise.all([driver.close(), driver.close()]);
    await write;
    await expect(driver.write(() => execute('DELETE FROM t'))).rejects.toThrow('closed');
    await expect(driver.read(query('SELECT 1'))).rejects.toThrow('closed');
    await expect(driver.listen('x', () => undefined)).rejects.toThrow('closed');
    expect(await bench.sql('SELECT k FROM t WHERE k = 30')).toEqual([[30]]);
  });
});

/** Something between client and server that hangs up when the client says `word`. */
async function cutAt(word: string, target: URL): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const proxy: Server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    sockets.add(client).add(upstream);
    client.on('data', (chunk) => {
      if (!chunk.includes(word)) return void upstream.write(chunk);
      client.destroy();
      upstream.destroy();
    });
    upstream.on('data', (chunk) => void client.write(chunk));
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return {
    url: Object.assign(new URL(target), { port: String(address.port) }).href,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
