import { afterAll, beforeAll, describe, test } from 'vitest';
import { startPostgresIfPossible } from '../servers/postgres.ts';
import { openStage, type Stage } from '../transcripts/imap-stage.ts';
import { playModel } from './play-model.ts';

/** Other seeds, as a failure prints them. */
const seed = process.env['MODEL_SEED'];
const seeds = seed === undefined ? [1, 2] : [...seed.split(',').map(Number)];
const server = await startPostgresIfPossible();

for (const engine of ['sqlite', 'postgres'] as const) {
  describe.skipIf(engine === 'postgres' && server === undefined)(`sessions against a model, ${engine}`, () => {
    let stage: Stage;
    beforeAll(async () => {
      stage = await openStage(engine === 'postgres' ? await server?.createDatabase() : undefined);
    });
    afterAll(() => stage.close());

    for (const one of seeds) {
      for (const parallel of [false, true]) {
        test(`${parallel ? 'all at once' : 'one after the other'} (MODEL_SEED=${one})`, async () => {
          await playModel(stage, { seed: one, clients: 7, turns: 25, rounds: engine === 'postgres' ? 3 : 6, parallel });
        });
      }
    }
  });
}
