import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { tryLockData } from './data-lock.ts';

const dir = mkdtempSync(join(tmpdir(), 'posthorn-lock-'));
afterAll(() => rmSync(dir, { recursive: true }));

/** In a process of its own: takes the lock and dies with it, or says that it could not. */
function otherProcess(): string {
  const module = JSON.stringify(join(import.meta.dirname, 'data-lock.ts'));
  const script = `import { tryLockData } from ${module};
    console.log(tryLockData(${JSON.stringify(dir)}) ? 'taken' : 'in use'); process.kill(process.pid, 'SIGKILL');`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).stdout.trim();
}

test('one process at a time has a data directory; a process that is killed gives it back', () => {
  expect(otherProcess()).toBe('taken');
  const lock = tryLockData(dir);
  expect(lock).toBeDefined();
  expect(tryLockData(dir)).toBeUndefined();
  expect(otherProcess()).toBe('in use');
  lock?.release();
  expect(otherProcess()).toBe('taken');
});
