import { tryLockData } from '../store/data-lock.ts';
import type { DataLock } from '../store/data-lock.ts';
import { Refusal } from './refusal.ts';

/** As `tryLockData`. @throws Refusal when the directory is in use */
export function lockData(dataDir: string): DataLock {
  const lock = tryLockData(dataDir);
  if (!lock) throw new Refusal(`${dataDir} is in use by another posthorn`);
  return lock;
}
