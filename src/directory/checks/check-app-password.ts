import { ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { conflict } from '../directory-conflict.ts';
import type { DirectoryConflict } from '../directory-conflict.ts';
import type { AppPasswordRecord } from '../directory-record.ts';
import type { DirectoryView } from '../directory-tables.ts';

const nameForm = /^[^\p{Cc}]{1,64}$/u;
/** Of one account; each costs a little of every login. */
const maxPerAccount = 100;

/** May the app password be there? Its name is how people speak of it, so there is one of a name. */
export function checkAppPassword(view: DirectoryView, record: AppPasswordRecord): Result<undefined, DirectoryConflict> {
  const { account, name, protocols } = record;
  if (!nameForm.test(name) || name.trim() !== name) {
    return conflict('invalid', 'the name of an app password must be 1 to 64 printable characters');
  }
  if (protocols.length === 0) return conflict('invalid', `the app password "${name}" must be for some protocol`);
  const others = view.appPasswordsOf.get(account);
  for (const other of others?.values() ?? []) {
    if (other.name === name && other.id !== record.id) {
      return conflict('exists', `account "${account}" has an app password "${name}" already`);
    }
  }
  if (others && others.size >= maxPerAccount && !others.has(record.id)) {
    return conflict('invalid', `account "${account}" has ${maxPerAccount} app passwords already, more are not allowed`);
  }
  return ok(undefined);
}
