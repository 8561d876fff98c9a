import { afterEach, expect, test } from 'vitest';
import { ThreadOnDemand } from './thread-on-demand.ts';

/** Answers twice the number; fails for 3; dies at 4. */
const source = `
  import { parentPort } from 'node:worker_threads';
  parentPort.on('message', ({ id, request }) => {
    if (request === 4) process.exit(1);
    parentPort.postMessage(request === 3 ? { id, failure: 'three' } : { id, answer: request * 2 });
  });
`;
const thread = new ThreadOnDemand<number, number>(
  new URL(`data:text/javascript,${encodeURIComponent(source)}`),
  undefined,
);
afterEach(() => thread.close());

test('each request has its own answer or failure', async () => {
  const answers = await Promise.allSettled([thread.ask(1), thread.ask(3), thread.ask(2)]);
  expect(answers).toEqual([
    { status: 'fulfilled', value: 2 },
    { status: 'rejected', reason: new Error('three') },
    { status: 'fulfilled', value: 4 },
  ]);
});

test('when the thread dies, all that wait fail, and the next request starts another', async () => {
  const answers = await Promise.allSettled([thread.ask(4), thread.ask(1)]);
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await thread.ask(5)).toBe(10);
});

test('close fails what waits', async () => {
  const answer = expect(thread.ask(1)).rejects.toThrow('stopped');
  await thread.close();
  await answer;
});

test('memory that is given away is gone here', async () => {
  const { buffer } = new Uint8Array(8);
  await thread.ask(1, [buffer]);
  expect(buffer.detached).toBe(true);
});
