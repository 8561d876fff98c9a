import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { explainSqliteFailure } from './data-unusable.ts';

/** A data directory that is ours until `release` or the end of the process, however that comes. */
export interface DataLock {
  release(): void;
}

/**
 * Takes a data directory, or says that another process has it. Node has no file locks, but SQLite has: the lock is an
 * exclusive one on an empty database, which the system gives back when the process dies.
 * @throws DataUnusable when this user may not; errors of the file system
 */
export function tryLockData(dataDir: string): DataLock | undefined {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, 'posthorn.lock');
  const database = open(path);
  try {
    // No journal file beside it: nothing is ever written.
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw explainSqliteFailure(error, path);
  }
  return { release: () => database.close() };
}

function open(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: 0 });
  } catch (error) {
    throw explainSqliteFailure(error, path);
  }
}

function isBusy(error: unknown): boolean {
  const busy = 5;
  return error instanceof Error && 'errcode' in error && error.errcode === busy;
}
