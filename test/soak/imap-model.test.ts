/** As test/model, with new seeds for as long as one likes: MODEL_MINUTES (60), from MODEL_SEED on. */
import { test } from 'vitest';
import { playModel } from '../model/play-model.ts';
import { startPostgresIfPossible } from '../servers/postgres.ts';
import { openStage } from '../transcripts/imap-stage.ts';

const minutes = Number(process.env['MODEL_MINUTES'] ?? 60);

test(
  `sessions against a model for ${minutes} minutes`,
  async () => {
    const server = await startPostgresIfPossible();
    const stages = [await openStage()];
    if (server !== undefined) stages.push(await openStage(await server.createDatabase()));
    const end = Date.now() + minutes * 60_000;
    const firstSeed = Number(process.env['MODEL_SEED'] ?? Date.now() % 1_000_000);
    let seed = firstSeed;
    let commands = 0;
    for (; Date.now() < end; seed++) {
      for (const stage of stages) {
        const clients = 3 + (seed % 8);
        commands += await playModel(stage, { seed, clients, turns: 40, rounds: 8, parallel: seed % 4 !== 0 });
      }
    }
    console.log(`model: seeds ${firstSeed} to ${seed - 1}, ${stages.length} engines, ${commands} commands`);
    for (const stage of stages) await stage.close();
  },
  minutes * 60_000 + 600_000,
);
