import { ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { conflict } from '../directory-conflict.ts';
import type { DirectoryConflict } from '../directory-conflict.ts';
import type { AccountRecord } from '../directory-record.ts';

const accountName = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}._-]{0,62}[\p{L}\p{M}\p{N}])?$/u;
/** spec/protocols.md section 3.3: it is sent in protocol lines that are ASCII. */
const loginText = /^[ -~]{1,256}$/;

/** May an account be like this? */
export function checkAccount(record: AccountRecord): Result<undefined, DirectoryConflict> {
  const { name } = record;
  if (!accountName.test(name) || name.normalize('NFC') !== name) {
    return conflict(
      'invalid',
      `"${name}" cannot be an account name: 1 to 64 letters, digits, ".", "_" or "-", not at its ends`,
    );
  }
  if (record.loginDisabled !== undefined && !loginText.test(record.loginDisabled)) {
    return conflict(
      'invalid',
      `account "${name}": the text for disabled logins must be 1 to 256 printable ASCII characters`,
    );
  }
  return ok(undefined);
}
