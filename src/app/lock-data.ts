import { accessSync, constants } from 'node:fs';

import { tryLockData } from '../store/data-lock.ts';
import type { DataLock } from '../store/data-lock.ts';
import { Refusal } from './refusal.ts';

/**
 * As `tryLockData`, for who is going to write.
 * @throws Refusal when the directory is in use; errors of the file system when it cannot be written
 */
export function lockData(dataDir: string): DataLock {
  const lock = tryLockData(dataDir);
  if (!lock) throw new Refusal(`${dataDir} is in use by another posthorn; stop that one, or name another data folder`);
  try {
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    lock.release();
    throw error;
  }
  return lock;
}
