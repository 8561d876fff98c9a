import type { KeyObject } from 'node:crypto';
import { signMessage } from '../checks/dkim/sign-message.ts';
import type { DkimKey } from '../checks/dkim/sign-message.ts';
import { fail } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { Directory, DkimSigningKey } from '../directory/directory.ts';
import { readDkimKey } from '../directory/dkim/make-dkim-key.ts';
import type { Header } from '../mime/parse-header.ts';

/** Keys as they were read: for as long as the directory has them. */
const readKeys = new WeakMap<DkimSigningKey, KeyObject>();

/**
 * The DKIM-Signature fields, one for each key that signs for the domain of From; fails with a text for the log. The host's
 * own name may have no keys; then those of the domain above it, which DMARC takes as well (RFC 7489 section 3.1.1).
 * Here is where DKIM2 will sign too.
 */
export async function signOutgoing(
  directory: Pick<Directory, 'dkimKeysOf'>,
  message: { readonly header: Header; readonly bodyHash: string; readonly fromDomain: string; readonly nowMs: number },
): Promise<Result<string, string>> {
  const found = findKeys(directory, message.fromDomain);
  if (found === undefined) return fail(`no DKIM key signs for ${message.fromDomain}`);
  const keys: DkimKey[] = [];
  for (const each of found.keys) {
    const key = keyObjectOf(each);
    if (!key.ok) return fail(`the DKIM key ${each.selector} of ${found.domain} cannot be used: ${key.error}`);
    keys.push({ selector: each.selector, key: key.value });
  }
  const { domain } = found;
  const signed = await signMessage(message.header, message.bodyHash, { domain, keys, nowMs: message.nowMs });
  if (signed.ok) return signed;
  const { error } = signed;
  if (error.kind === 'no-from') return fail('there is no From');
  const why = error.kind === 'signing-failed' ? error.error.message : 'not a key for DKIM';
  return fail(`the DKIM key ${error.selector} of ${domain} did not sign: ${why}`);
}

function findKeys(
  directory: Pick<Directory, 'dkimKeysOf'>,
  from: string,
): { readonly domain: string; readonly keys: readonly DkimSigningKey[] } | undefined {
  for (let domain = from; domain.includes('.') || domain === from; domain = domain.slice(domain.indexOf('.') + 1)) {
    const keys = directory.dkimKeysOf(domain);
    if (keys.length > 0) return { domain, keys };
    if (!domain.includes('.')) return undefined;
  }
  return undefined;
}

function keyObjectOf(key: DkimSigningKey): Result<KeyObject, string> {
  const known = readKeys.get(key);
  if (known !== undefined) return { ok: true, value: known };
  const read = readDkimKey(key.algorithm, key.privateKey);
  if (read.ok) readKeys.set(key, read.value);
  return read;
}
