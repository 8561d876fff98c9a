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
import type { Credential, KeptScram } from './credential.ts';
import { currentAppPasswords } from './find-app-password.ts';
import { programCredential } from './password-logins.ts';
import type { StrengthMix } from './strength-mix.ts';

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
export function findScramVerifier(
  view: DirectoryView,
  login: string,
  digest: Digest,
  { mix, nowMs }: { readonly mix: StrengthMix; readonly nowMs: number },
): ScramVerifier {
  const parts = parseAddress(login);
  const iterations = mix.iterationsAt(placeOf(view, login));
  const madeUp = { ...makeUp(view, canonicalLogin(view, login), digest), iterations };
  return (parts.ok ? storedVerifier(view, parts.value, digest, nowMs) : undefined) ?? madeUp;
}

/** One name for all spellings of a login, whether or not somebody has it. */
export function canonicalLogin(view: DirectoryView, login: string): string {
  const parts = parseAddress(login);
  if (!parts.ok) return login;
  return canonicalAddress(parts.value, view.domains.get(normalizeDomain(parts.value.domain)));
}

/** Where a login stands among all there could be, 0 up to 1: always the same, and nobody else can tell. */
export function placeOf(view: DirectoryView, login: string): number {
  return hmacOf(view, `place ${canonicalLogin(view, login)}`).readUInt32BE(0) / 2 ** 32;
}

function hmacOf({ settings }: DirectoryView, text: string): Buffer {
  return createHmac('sha256', Buffer.from(settings.loginSecret ?? '', 'base64'))
    .update(text)
    .digest();
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
  const usable = currentAppPasswords(view, account, nowMs).map(({ secret }) => secret);
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
function makeUp(view: DirectoryView, name: string, digest: Digest): Omit<ScramVerifier, 'iterations'> {
  const part = (what: string, bytes: number) => hmacOf(view, `${digest} ${what} ${name}`).subarray(0, bytes);
  return {
    salt: part('salt', saltBytes),
    storedKey: part('stored', digestBytes[digest]),
    serverKey: part('server', digestBytes[digest]),
  };
}
