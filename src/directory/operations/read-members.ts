import { ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import type { DirectoryConflict } from '../directory-conflict.ts';
import { addressKey } from './operation.ts';

/** Members of an alias as people write them, printed. */
export function readMembers(texts: readonly string[]): Result<readonly string[], DirectoryConflict> {
  const members: string[] = [];
  for (const text of texts) {
    const key = addressKey(text);
    if (!key.ok) return key;
    members.push(key.value);
  }
  return ok(members);
}
