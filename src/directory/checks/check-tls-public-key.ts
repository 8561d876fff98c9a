import { ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { displayAddress } from '../address-text.ts';
import { conflict } from '../directory-conflict.ts';
import type { DirectoryConflict } from '../directory-conflict.ts';
import type { TlsPublicKeyRecord } from '../directory-record.ts';
import type { DirectoryView } from '../directory-tables.ts';
import { findLogin } from '../find-recipient.ts';
import { parsePrinted } from '../address-key.ts';

/** Does the key still log in where it says? */
export function checkTlsPublicKey(
  view: DirectoryView,
  record: TlsPublicKeyRecord,
): Result<undefined, DirectoryConflict> {
  const { localPart, domain } = parsePrinted(record.loginAddress);
  const owner = localPart === undefined ? undefined : findLogin(view, { localPart, domain });
  if (owner?.account === record.account) return ok(undefined);
  return conflict(
    'in-use',
    `the TLS public key "${record.name}" (${record.fingerprint}) logs in as ${displayAddress(record.loginAddress)}; remove the key first with "posthorn config tlspubkey rm ${record.fingerprint}"`,
  );
}
