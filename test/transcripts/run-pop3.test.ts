import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Stage } from './imap-stage.ts';
import { playPop3 } from './play-pop3.ts';

const folder = join(import.meta.dirname, 'pop3');
const update = process.env['UPDATE'] === '1';

describe('POP3 transcripts', () => {
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
      const played = await playPop3(actor, held);
      const bugs = actor.logged.filter((line) => line.startsWith('command failed'));
      expect(bugs).toEqual([]);
      if (update) writeFileSync(path, played);
      else expect(played).toBe(held);
    });
  }
});
