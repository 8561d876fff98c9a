import { test } from 'vitest';
import { killQueue } from '../crash/kill-queue.ts';

test('10,000 messages to 50 destinations, killed ten times: all arrive, and only what was open arrives twice', async () => {
  await killQueue({ messages: 10_000, kills: 10 });
});
