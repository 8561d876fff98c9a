/** As kill.test.ts, with the mail in PostgreSQL: the server process is killed, the database goes on. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomFrom } from '../../bench/corpus.ts';
import type { TestServer } from '../e2e/harness/server.ts';
import { startPostgresIfPossible } from '../servers/postgres.ts';
import { killRound, startCrashTest } from './kill-round.ts';
import type { Writer } from './writers.ts';

const postgres = await startPostgresIfPossible();
const seed = Number(process.env['CRASH_SEED'] ?? Date.now() % 1_000_000);

describe.skipIf(!postgres)(postgres ? 'on PostgreSQL' : 'on PostgreSQL (cannot be started here)', () => {
  const random = randomFrom(seed);
  let server: TestServer;
  let writers: Writer[];
  beforeAll(async () => {
    const database = await postgres?.createDatabase();
    ({ server, writers } = await startCrashTest(seed, [`storage: { database: ${JSON.stringify(database)} }`]));
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await postgres?.stop();
  });

  for (let round = 1; round <= 3; round++) {
    test(`round ${round}: nothing that was acknowledged is lost (CRASH_SEED=${seed})`, async () => {
      expect(await killRound(server, writers, 400 + random() * 1200, 11)).toBeGreaterThan(10);
    });
  }
});
