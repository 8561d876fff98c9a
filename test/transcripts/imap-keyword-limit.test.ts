import { afterAll, beforeAll, expect, test } from 'vitest';
import { maxKeywords } from '../../src/store/operations/intern-keywords.ts';
import { openStage, type Stage } from './imap-stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

test('MUST 7.1-5: when no more keywords can be made, PERMANENTFLAGS comes without \\*', async () => {
  const actor = await stage.newActor();
  await actor.deliver('INBOX', 'Subject: x\n\nx\n');
  const connection = await actor.enter();
  expect(await connection.send('a SELECT INBOX\r\n')).toContain('\\*)] flags');
  for (let first = 0; first < maxKeywords; first += 100) {
    const names = Array.from({ length: 100 }, (_each, i) => `k${first + i}`);
    expect(await connection.send(`b STORE 1 FLAGS.SILENT (${names.join(' ')})\r\n`)).toContain('b OK');
  }
  for (const command of ['STORE 1 +FLAGS (onemore)', 'APPEND INBOX (onemore) {3+}\r\na:b']) {
    const answer = await connection.send(`c ${command}\r\n`);
    expect(answer).toMatch(/^\* OK \[PERMANENTFLAGS \([^)]*\bk999\)\]/m);
    expect(answer).not.toContain('\\*');
    expect(answer).toContain('c NO [LIMIT]');
  }
  // What is there already may still be used, and nothing else was lost.
  expect(await connection.send('d STORE 1 FLAGS (K7)\r\n')).toContain('* 1 FETCH (UID 1 FLAGS (k7))');
  expect(actor.logged.filter((line) => line.startsWith('command failed'))).toEqual([]);
});
