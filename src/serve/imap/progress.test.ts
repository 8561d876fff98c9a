import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { withProgress } from './progress.ts';
import { Reply } from './respond.ts';

let written = '';
const sink = { write: (data: string) => void (written += data), closed: false };

beforeEach(() => {
  written = '';
  sink.closed = false;
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

test('short work is not spoken of', async () => {
  expect(await withProgress(new Reply(sink as never), 'a1', Promise.resolve(5))).toBe(5);
  vi.advanceTimersByTime(60_000);
  expect(written).toBe('');
});

test('long work is, every ten seconds until it ends', async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const done = withProgress(new Reply(sink as never), 'a"1', promise);
  vi.advanceTimersByTime(25_000);
  expect(written).toBe('* OK [INPROGRESS ("a\\"1" NIL NIL)] still at work\r\n'.repeat(2));
  resolve('end');
  expect(await done).toBe('end');
  vi.advanceTimersByTime(60_000);
  expect(written.split('\r\n')).toHaveLength(3);
});

test('a tag that cannot stand in a code is left out, and nobody is told who went away', async () => {
  const { promise, reject } = Promise.withResolvers<string>();
  const done = withProgress(new Reply(sink as never), 'a]1', promise);
  vi.advanceTimersByTime(10_000);
  sink.closed = true;
  vi.advanceTimersByTime(10_000);
  expect(written).toBe('* OK [INPROGRESS] still at work\r\n');
  reject(new Error('failed'));
  await expect(done).rejects.toThrow('failed');
  expect(vi.getTimerCount()).toBe(0);
});
