import { test } from 'vitest';
import { killQueue } from './kill-queue.ts';

test('a queue that is killed while it delivers loses nothing, and repeats only what was open', async () => {
  await killQueue({ messages: 1000, kills: 3 });
});
