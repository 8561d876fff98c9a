import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Actor, type Stage } from './imap-stage.ts';

const update = process.env['UPDATE'] === '1';

/** Golden transcripts, each played with an account of its own. `UPDATE=1` rewrites them; look at the difference before committing it. */
export function describeTranscripts(
  protocol: string,
  name: string,
  play: (actor: Actor, text: string) => Promise<string>,
): void {
  const folder = join(import.meta.dirname, name);

  describe(`${protocol} transcripts`, () => {
    let stage: Stage;
    beforeAll(async () => {
      stage = await openStage();
    });
    afterAll(() => stage.close());

    for (const file of readdirSync(folder).filter((each) => each.endsWith('.txt'))) {
      test(file, async () => {
        const path = join(folder, file);
        const held = readFileSync(path, 'utf8');
        const actor = await stage.newActor();
        const played = await play(actor, held);
        const bugs = actor.logged.filter((line) => line.startsWith('command failed'));
        expect(bugs).toEqual([]);
        if (update) writeFileSync(path, played);
        else expect(played).toBe(held);
      });
    }
  });
}
