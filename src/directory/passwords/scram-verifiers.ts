import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

import { parseAddress } from '../address-text.ts';
import { canonicalAddress } from '../canonical-address.ts';
import type { AddressParts, ScramVerifier } from '../directory.ts';
import type { DirectoryEditor } from '../directory-editor.ts';
import type { DirectoryView } from '../directory-tables.ts';
import { directoryChange } from '../directory-change.ts';
import { findLogin } from '../find-recipient.ts';
import { normalizeDomain } from '../normalize-domain.ts';
import { ok } from '../../base/result.ts';
import { scramIterations } from './credential.ts';
import type { Credential } from './credential.ts';

type Digest = 'sha1' | 'sha256';
const digestBytes = { sha1: 20, sha256: 32 } as const;
const saltBytes = 16;

/** Makes the secret of this server when there is none yet. The first of several processes that do so at once wins. */
export async function ensureLoginSecret(editor: DirectoryEditor): Promise<void> {
  if (editor.view.settings.loginSecret !== undefined) return;
  const loginSecret = randomBytes(32).toString('base64');
  const made = await editor.change(({ settings }) =>
    ok(directoryChange(settings.loginSecret === undefined ? { put: [{ ...settings, loginSecret }] } : {})),
  );
  if (!made.ok) throw new Error(made.error.message);
}

/**
 * What is kept for a login, or something made up that looks alike and never changes, so that nobody learns who has an
 * account here. Both are computed for every login: the time tells nothing either. RFC 5802 section 9.
 */
export function findScramVerifier(view: DirectoryView, login: string, digest: Digest): ScramVerifier {
  const parts = parseAddress(login);
  const madeUp = makeUp(view, parts.ok ? canonicalOf(view, parts.value) : login, digest);
  return (parts.ok ? storedVerifier(view, parts.value, digest) : undefined) ?? madeUp;
}

/** Is this what is kept for the login now? The password may have been changed since the verifier was found. */
export function isCurrentVerifier(credential: Credential, { storedKey }: ScramVerifier): boolean {
  return [credential.scramSha1, credential.scramSha256].some((one) => {
    const kept = Buffer.from(one.storedKey, 'base64');
    return kept.length === storedKey.length && timingSafeEqual(kept, storedKey);
  });
}

function canonicalOf(view: DirectoryView, parts: AddressParts): string {
  return canonicalAddress(parts, view.domains.get(normalizeDomain(parts.domain)));
}

function storedVerifier(view: DirectoryView, parts: AddressParts, digest: Digest): ScramVerifier | undefined {
  const record = findLogin(view, parts);
  const credential = record && view.credentials.get(record.account)?.credential;
  if (credential === undefined) return undefined;
  const { salt, iterations, storedKey, serverKey } = digest === 'sha1' ? credential.scramSha1 : credential.scramSha256;
  return {
    salt: Buffer.from(salt, 'base64'),
    iterations,
    storedKey: Buffer.from(storedKey, 'base64'),
    serverKey: Buffer.from(serverKey, 'base64'),
  };
}

/** The keys come from no password, so no proof fits them. */
function makeUp(view: DirectoryView, name: string, digest: Digest): ScramVerifier {
  const secret = Buffer.from(view.settings.loginSecret ?? '', 'base64');
  const part = (what: string, bytes: number) =>
    createHmac('sha256', secret).update(`${digest} ${what} ${name}`).digest().subarray(0, bytes);
  return {
    salt: part('salt', saltBytes),
    iterations: scramIterations,
    storedKey: part('stored', digestBytes[digest]),
    serverKey: part('server', digestBytes[digest]),
  };
}
