import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Stage } from './imap-stage.ts';
import { playImap } from './play-imap.ts';

const folder = join(import.meta.dirname, 'imap');
const update = process.env['UPDATE'] === '1';

describe('IMAP transcripts', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.close());

  for (const file of readdirSync(folder).filter((name) => name.endsWith('.txt'))) {
    test(file, async () => {
      const path = join(folder, file);
      const held = readFileSync(path, 'utf8');
      const actor = await stage.newActor();
      const played = await playImap(actor, held);
      const bugs = actor.logged.filter((line) => line.startsWith('command failed'));
      expect(bugs).toEqual([]);
      if (update) writeFileSync(path, played);
      else expect(played).toBe(held);
    });
  }
});
