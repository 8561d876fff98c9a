/** kill -9 at random moments of a mixed write load: every acknowledged message and flag is there afterwards. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomFrom } from '../../bench/corpus.ts';
import type { TestServer } from '../e2e/harness/server.ts';
import { killRound, startCrashTest } from './kill-round.ts';
import type { Writer } from './writers.ts';

const rounds = 6;
const seed = Number(process.env['CRASH_SEED'] ?? Date.now() % 1_000_000);
const random = randomFrom(seed);
let server: TestServer;
let writers: Writer[];

beforeAll(async () => {
  ({ server, writers } = await startCrashTest(seed));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

for (let round = 1; round <= rounds; round++) {
  test(`round ${round}: nothing that was acknowledged is lost (CRASH_SEED=${seed})`, async () => {
    const acknowledged = await killRound(server, writers, 200 + random() * 1200, 11);
    expect(acknowledged).toBeGreaterThan(10);
  });
}
