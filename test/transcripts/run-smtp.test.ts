import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { playScenario } from './smtp-scenario.ts';

const folder = join(import.meta.dirname, 'smtp');

/** Golden dialogues: `UPDATE=1` rewrites what the server says; look at the difference before committing it. */
for (const name of readdirSync(folder).filter((file) => file.endsWith('.txt'))) {
  describe(name, () => {
    const path = join(folder, name);
    const scenarios = readFileSync(path, 'utf8').trimEnd().split('\n\n');
    const played: string[] = [];
    for (const [index, scenario] of scenarios.entries()) {
      const lines = scenario.split('\n').filter((line) => line !== '');
      test(lines[0]?.replace(/^# */, '') ?? String(index), async () => {
        const text = (await playScenario(lines)).join('\n');
        played[index] = text;
        if (process.env['UPDATE'] !== '1') expect(text).toBe(lines.join('\n'));
        else if (played.length === scenarios.length) writeFileSync(path, `${played.join('\n\n')}\n`);
      });
    }
  });
}
