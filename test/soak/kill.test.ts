/** As test/crash/kill.test.ts, for as long as one likes: CRASH_ROUNDS (200), CRASH_SEED. */
import { expect, test } from 'vitest';
import { randomFrom } from '../../bench/corpus.ts';
import { killRound, startCrashTest } from '../crash/kill-round.ts';

const rounds = Number(process.env['CRASH_ROUNDS'] ?? 200);
const seed = Number(process.env['CRASH_SEED'] ?? Date.now() % 1_000_000);

test(`${rounds} times kill -9 (CRASH_SEED=${seed})`, async () => {
  const random = randomFrom(seed);
  for (let round = 0; round < rounds;) {
    // A new server now and then, so that its young life is tried as often as its old age.
    const { server, writers } = await startCrashTest(seed + round);
    for (const next = Math.min(rounds, round + 20); round < next; round++) {
      expect(await killRound(server, writers, random() ** 2 * 4000)).toBeGreaterThanOrEqual(0);
    }
    await server[Symbol.asyncDispose]();
  }
});
