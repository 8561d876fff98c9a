import { Client, DatabaseError } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { execute, first, query } from '../sql/statement.ts';
import type { Operation, SqlValue } from '../sql/statement.ts';
import { StorageFull } from '../store.ts';
import { Bench, server, waitUntil } from '../../../test/store/postgres-bench.ts';
import { UnsupportedValue } from './sql-values.ts';

/** Adds to a value the careless way: what it read may be old when it writes. */
function* increment(key: number): Operation<void> {
  const row = yield* first('SELECT v FROM t WHERE k = ?', key);
  yield* execute('UPDATE t SET v = ? WHERE k = ?', Number(row?.[0]) + 1, key);
}

describe.skipIf(server === undefined)('values', () => {
  const bench = new Bench();
  beforeAll(() => bench.start());
  afterAll(() => bench.closeAll());

  test('come back as they went in', async () => {
    const driver = await bench.open();
    await driver.write(() => execute('CREATE TABLE v (i bigint, f float8, s text, o bytea)'));
    const octets = Uint8Array.from({ length: 256 }, (_, i) => i);
    const rows: SqlValue[][] = [
      [0, 0.5, '', new Uint8Array(0)],
      [Number.MAX_SAFE_INTEGER, -1e300, "it's ? $1 \\ \u{1f600} \u0001", octets],
      [Number.MIN_SAFE_INTEGER, 3, '\\x41', octets.subarray(10, 20)],
      [null, null, null, null],
    ];
    await driver.write(function* () {
      for (const row of rows) yield* execute('INSERT INTO v (i, f, s, o) VALUES (?, ?, ?, ?)', ...row);
    });
    expect(await driver.read(query('SELECT i, f, s, o FROM v ORDER BY i NULLS LAST'))).toEqual(
      rows.toSorted(([a], [b]) => Number(a ?? Infinity) - Number(b ?? Infinity)),
    );
  });

  test('what comes out of expressions is a number', async () => {
    const driver = await bench.open();
    const [row] = await driver.read(
      query(
        'SELECT count(*), sum(x), max(x), avg(x), bool_and(x > 0), NULL IS NULL FROM (VALUES (1::bigint), (2)) n (x)',
      ),
    );
    expect(row).toEqual([2, 3, 2, 1.5, 1, 1]);
  });

  test('what cannot be exact, or is of a type not known, is refused', async () => {
    const driver = await bench.open();
    for (const sql of [
      'SELECT 9007199254740993',
      'SELECT sum(9007199254740993)',
      "SELECT 'NaN'::numeric",
      'SELECT now()',
    ]) {
      await expect(driver.read(query(sql)), sql).rejects.toBeInstanceOf(UnsupportedValue);
      await expect(
        driver.write(() => query(sql)),
        sql,
      ).rejects.toBeInstanceOf(UnsupportedValue);
    }
    await expect(driver.read(query('SELECT ?::float8', Number.NaN))).rejects.toBeInstanceOf(UnsupportedValue);
    expect(await driver.read(query('SELECT 1'))).toEqual([[1]]);
  });

  test('NUL and halves of surrogate pairs become U+FFFD', async () => {
    const driver = await bench.open();
    expect(await driver.read(query('SELECT ?', 'a\0b\ud800c'))).toEqual([['a\ufffdb\ufffdc']]);
  });

  test('a statement used often goes on working when its table changes', async () => {
    const driver = await bench.open({ maxConnections: 1 });
    await driver.write(() => execute('CREATE TABLE c (a integer)'));
    await driver.write(() => execute('INSERT INTO c VALUES (1)'));
    for (let i = 0; i < 10; i++) expect(await driver.read(query('SELECT * FROM c WHERE a = ?', 1))).toEqual([[1]]);
    await bench.sql('ALTER TABLE c ADD COLUMN b integer DEFAULT 2');
    expect(await driver.read(query('SELECT * FROM c WHERE a = ?', 1))).toEqual([[1, 2]]);
  });
});

describe.skipIf(server === undefined)('transactions', () => {
  const bench = new Bench();
  beforeAll(() => bench.start());
  afterEach(() => bench.closeAll());

  test('an operation that throws leaves nothing behind, and its own error comes out', async () => {
    const driver = await bench.open();
    const mine = new Error('mine');
    const write = driver.write(function* () {
      yield* execute('INSERT INTO t VALUES (1, 1)');
      yield* first('SELECT 1');
      throw mine;
    });
    await expect(write).rejects.toBe(mine);
    expect(await driver.read(query('SELECT * FROM t'))).toEqual([]);
  });

  test('an error of SQL undoes everything and can be looked at; the connection goes on', async () => {
    const driver = await bench.open({ maxConnections: 1 });
    for (const rows of [true, false]) {
      const write = driver.write(function* () {
        yield* execute('INSERT INTO t VALUES (2, 1)');
        yield { sql: 'INSERT INTO t VALUES (2, 2)', values: [], rows };
        yield* query('SELECT 1');
      });
      const error: unknown = await write.catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(DatabaseError);
      expect(error).toMatchObject({ code: '23505' });
    }
    expect(await driver.read(query('SELECT * FROM t'))).toEqual([]);
  });

  test('an operation cannot go on after an error it swallowed', async () => {
    const driver = await bench.open();
    const write = driver.write(function* () {
      yield* execute('INSERT INTO t VALUES (3, 1)');
      try {
        yield* query('SELECT * FROM nowhere');
      } catch {
        // It looks as if all were well.
      }
      return 'done';
    });
    await expect(write).rejects.toMatchObject({ code: '42P01' });
    expect(await driver.read(query('SELECT * FROM t'))).toEqual([]);
  });

  test('an effect that fails after the last answer still undoes everything', async () => {
    const driver = await bench.open();
    const write = driver.write(function* () {
      yield* execute('INSERT INTO t VALUES (4, 1)');
      yield* execute('INSERT INTO t VALUES (4, 1)');
    });
    await expect(write).rejects.toMatchObject({ code: '23505' });
    expect(await driver.read(query('SELECT * FROM t'))).toEqual([]);
  });

  test('many statements for their effect', async () => {
    const driver = await bench.open();
    await driver.write(function* () {
      for (let i = 0; i < 1000; i++) yield* execute('INSERT INTO t VALUES (?, ?)', 1000 + i, i);
    });
    expect(await driver.read(query('SELECT count(*), sum(v) FROM t'))).toEqual([[1000, 499_500]]);
    await driver.write(() => execute('DELETE FROM t'));
  });

  test('a read sees one snapshot, whatever is committed meanwhile', async () => {
    const driver = await bench.open();
    const holder = new Client({ connectionString: bench.url });
    await holder.connect();
    await holder.query('SELECT pg_advisory_lock(1)');
    const read = driver.read(
      (function* (): Operation<unknown[]> {
        const before = yield* query('SELECT count(*) FROM t');
        yield* query('SELECT pg_advisory_xact_lock_shared(1)');
        return [before, yield* query('SELECT count(*) FROM t')];
      })(),
    );
    await waitUntil(async () => (await bench.sql('SELECT 1 FROM pg_locks WHERE NOT granted')).length > 0);
    await driver.write(() => execute('INSERT INTO t VALUES (5, 5)'));
    await holder.end();
    expect(await read).toEqual([[[0]], [[0]]]);
    expect(await driver.read(query('SELECT count(*) FROM t'))).toEqual([[1]]);
  });

  test('a read cannot write', async () => {
    const driver = await bench.open();
    await expect(driver.read(execute('DELETE FROM t'))).rejects.toMatchObject({ code: '25006' });
    await expect(driver.read(query('DELETE FROM t'))).rejects.toMatchObject({ code: '25006' });
    expect(await driver.read(query('SELECT count(*) FROM t'))).toEqual([[1]]);
  });

  test('commits are durable even where the database is set up otherwise', async () => {
    const [[name] = []] = await bench.sql('SELECT current_database()');
    await bench.sql(`ALTER DATABASE ${String(name)} SET synchronous_commit = off`);
    const driver = await bench.open();
    expect(await driver.write(() => query('SHOW synchronous_commit'))).toEqual([['on']]);
  });

  test('a full disk', async () => {
    const driver = await bench.open();
    const write = driver.write(() => execute("DO $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$"));
    await expect(write).rejects.toBeInstanceOf(StorageFull);
  });

  test('a statement that takes too long is given up', async () => {
    const driver = await bench.open({ statementTimeoutMs: 50 });
    await expect(driver.write(() => query('SELECT pg_sleep(10)'))).rejects.toMatchObject({ code: '57014' });
  });
});

describe.skipIf(server === undefined)('transactions in each other’s way', () => {
  const bench = new Bench();
  beforeAll(async () => {
    await bench.start();
    await bench.sql('INSERT INTO t VALUES (1, 0), (2, 0), (3, 0)');
  });
  afterEach(() => bench.closeAll());

  test('serializable: conflicts are tried again until all have had their turn', async () => {
    const driver = await bench.open({ attempts: 50 });
    const writes = Array.from({ length: 8 }, () => driver.write(() => increment(1), { isolation: 'serializable' }));
    await Promise.all(writes);
    expect(await driver.read(query('SELECT v FROM t WHERE k = 1'))).toEqual([[8]]);
  });

  test('a conflict for ever is an error in the end', async () => {
    const driver = await bench.open({ attempts: 3 });
    let tries = 0;
    const write = driver.write(() => {
      tries++;
      return execute("DO $$ BEGIN RAISE EXCEPTION 'conflict' USING ERRCODE = '40001'; END $$");
    });
    await expect(write).rejects.toMatchObject({ code: '40001' });
    expect(tries).toBe(3);
  });

  test('deadlocks are resolved', async () => {
    const driver = await bench.open({ attempts: 50 });
    const both = (one: number, other: number) =>
      function* (): Operation<void> {
        yield* execute("SET LOCAL deadlock_timeout = '10ms'");
        yield* query('UPDATE t SET v = v + 1 WHERE k = ?', one);
        yield* query('SELECT pg_sleep(0.02)');
        yield* query('UPDATE t SET v = v + 1 WHERE k = ?', other);
      };
    await bench.sql('UPDATE t SET v = 0');
    await Promise.all([both(1, 2), both(2, 1), both(1, 2), both(2, 1)].map((operation) => driver.write(operation)));
    expect(await driver.read(query('SELECT v FROM t WHERE k IN (1, 2)'))).toEqual([[4], [4]]);
  });

  test('exclusively: one at a time, also between processes', async () => {
    const [one, two] = await Promise.all([bench.open(), bench.open()]);
    const writes = Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? one : two).exclusively(77, () => increment(3)));
    await Promise.all(writes);
    expect(await one.read(query('SELECT v FROM t WHERE k = 3'))).toEqual([[10]]);
  });

  test('more operations than connections', async () => {
    const driver = await bench.open({ maxConnections: 2 });
    await bench.sql('UPDATE t SET v = 0');
    const add = () => execute('UPDATE t SET v = v + 1 WHERE k = 2');
    await Promise.all(Array.from({ length: 100 }, () => driver.write(add)));
    const reads = Array.from({ length: 50 }, () => driver.read(query('SELECT v FROM t WHERE k = 2')));
    expect(new Set((await Promise.all(reads)).flat(2))).toEqual(new Set([100]));
    const [[connections] = []] = await bench.sql(
      "SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'posthorn'",
    );
    expect(connections).toBe(2);
  });
});
