import { createHmac, randomBytes } from 'node:crypto';

import { parseAddress } from '../address-text.ts';
import { canonicalAddress } from '../canonical-address.ts';
import type { AddressParts, ScramKeys, ScramVerifier } from '../directory.ts';
import type { DirectoryEditor } from '../directory-editor.ts';
import type { DirectoryView } from '../directory-tables.ts';
import { directoryChange } from '../directory-change.ts';
import { findLogin } from '../find-recipient.ts';
import { normalizeDomain } from '../normalize-domain.ts';
import { ok } from '../../base/result.ts';
import { scramIterations } from './credential.ts';
import type { Credential, KeptScram } from './credential.ts';
import { isExpired } from './find-app-password.ts';
import { programCredential } from './password-logins.ts';

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
export function findScramVerifier(view: DirectoryView, login: string, digest: Digest, nowMs: number): ScramVerifier {
  const parts = parseAddress(login);
  const madeUp = makeUp(view, parts.ok ? canonicalOf(view, parts.value) : login, digest);
  return (parts.ok ? storedVerifier(view, parts.value, digest, nowMs) : undefined) ?? madeUp;
}

function canonicalOf(view: DirectoryView, parts: AddressParts): string {
  return canonicalAddress(parts, view.domains.get(normalizeDomain(parts.domain)));
}

/** One challenge for all passwords of the account: those that were made with its salt. */
function storedVerifier(
  view: DirectoryView,
  parts: AddressParts,
  digest: Digest,
  nowMs: number,
): ScramVerifier | undefined {
  const account = findLogin(view, parts)?.account;
  if (account === undefined) return undefined;
  const appPasswords = [...(view.appPasswordsOf.get(account)?.values() ?? [])];
  const usable = appPasswords.filter((record) => !isExpired(record, nowMs)).map(({ secret }) => secret);
  const main = programCredential(view, account);
  const [first, ...rest] = (main ? [main, ...usable] : usable).map((kept) => keptFor(kept, digest));
  if (first === undefined) return undefined;
  const others = rest.filter(({ salt, iterations }) => salt === first.salt && iterations === first.iterations);
  return {
    salt: Buffer.from(first.salt, 'base64'),
    iterations: first.iterations,
    ...readKeys(first),
    others: others.map(readKeys),
  };
}

function keptFor(kept: Pick<Credential, 'scramSha1' | 'scramSha256'>, digest: Digest): KeptScram {
  return digest === 'sha1' ? kept.scramSha1 : kept.scramSha256;
}

function readKeys({ storedKey, serverKey }: KeptScram): ScramKeys {
  return { storedKey: Buffer.from(storedKey, 'base64'), serverKey: Buffer.from(serverKey, 'base64') };
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
