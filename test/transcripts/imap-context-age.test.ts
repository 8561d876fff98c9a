import { afterAll, expect, test, vi } from 'vitest';
import { openStage } from './imap-stage.ts';

const stage = await openStage();
afterAll(() => stage.close());

test('a session that idles is told when a message becomes old enough, though nothing happens', async () => {
  const actor = await stage.newActor();
  await actor.deliver('INBOX', 'Subject: x\n\nx\n');
  const connection = await actor.enter();
  await connection.send('a SELECT INBOX\r\n');
  expect(await connection.send('b UID SEARCH RETURN (UPDATE COUNT) OLDER 1\r\n')).toContain('COUNT 0');
  expect(await connection.send('c IDLE\r\n')).toBe('+ idling\r\n');
  // The session's clock goes on; the timer was set to real milliseconds.
  actor.nowMs += 1000;
  const said = await vi.waitFor(
    async () => {
      const text = await connection.settle();
      expect(text).not.toBe('');
      return text;
    },
    { timeout: 20_000, interval: 20 },
  );
  expect(said).toBe('* ESEARCH (TAG "b") UID ADDTO (0 1)\r\n');
  expect(await connection.send('DONE\r\n')).toContain('c OK');
  connection.end();
});
