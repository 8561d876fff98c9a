import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, type Stage } from './imap-stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const ways = {
  'MUST 6.3.4-4 and 6.3.5-3: after DELETE': ['DELETE Box'],
  'MUST 6.3.6-2: after RENAME': ['RENAME Box Other'],
  'after RENAME there and back of another': ['RENAME Box Other', 'CREATE Third', 'RENAME Third Box', 'DELETE Box'],
};

test.each(Object.entries(ways))('%s and CREATE no uid comes again with the same UIDVALIDITY', async (_name, way) => {
  const actor = await stage.newActor();
  const connection = await actor.enter();
  const used = new Set<string>();
  for (let round = 0; round < 3; round++) {
    expect(await connection.send('a CREATE Box\r\n')).toContain('a OK');
    for (let count = 0; count < 3; count++) {
      const appended = await connection.send('b APPEND Box {5+}\r\na: b\n\r\n');
      const pair = /APPENDUID (\d+ \d+)/.exec(appended)?.[1] ?? '';
      expect(pair).toMatch(/^\d+ \d+$/);
      expect(used.has(pair)).toBe(false);
      used.add(pair);
    }
    for (const command of round === 0 ? way : ['DELETE Box']) {
      expect(await connection.send(`c ${command}\r\n`)).toContain('c OK');
    }
  }
});
