import { ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { conflict } from '../directory-conflict.ts';
import type { DirectoryConflict } from '../directory-conflict.ts';
import type { AccountRecord } from '../directory-record.ts';

const accountName = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}._-]{0,62}[\p{L}\p{M}\p{N}])?$/u;
/** spec/protocols.md section 3.3: it is sent in protocol lines that are ASCII. */
const loginText = /^[ -~]{1,256}$/;

/** Names of capabilities, RFC 9051 section 9; without those that a client cannot do without. */
const capabilityName = /^(?!IMAP4REV1$|AUTH=)[A-Z0-9][A-Z0-9=.+_-]{0,63}$/;
const maxHidden = 100;

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
  const hidden = record.hiddenCapabilities ?? [];
  const wrong = hidden.find((one) => !capabilityName.test(one));
  if (wrong !== undefined || hidden.length > maxHidden) {
    return conflict(
      'invalid',
      `account "${name}": hidden capabilities are names such as IDLE or CONDSTORE, at most ${maxHidden}, not ${wrong ?? 'so many'}`,
    );
  }
  return ok(undefined);
}
