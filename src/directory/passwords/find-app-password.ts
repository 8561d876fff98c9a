import { timingSafeEqual } from 'node:crypto';

import type { AppPasswordRecord } from '../directory-record.ts';
import type { DirectoryView } from '../directory-tables.ts';
import { hashAppPassword } from './app-password.ts';
import type { Credential, ScramPair, ScramSalts } from './credential.ts';

/** The account's app password that this is, whether it may be used now or not. */
export function findAppPassword(view: DirectoryView, account: string, password: string): AppPasswordRecord | undefined {
  const records = view.appPasswordsOf.get(account);
  if (records === undefined) return undefined;
  const hash = hashAppPassword(password);
  let found: AppPasswordRecord | undefined;
  for (const record of records.values()) {
    const kept = Buffer.from(record.secret.sha256, 'base64');
    if (kept.length === hash.length && timingSafeEqual(kept, hash)) found = record;
  }
  return found;
}

export function isExpired({ expires }: AppPasswordRecord, nowMs: number): boolean {
  return expires !== undefined && Date.parse(expires) <= nowMs;
}

/** The account's app passwords that have not run out. */
export function currentAppPasswords(view: DirectoryView, account: string, nowMs: number): readonly AppPasswordRecord[] {
  return [...(view.appPasswordsOf.get(account)?.values() ?? [])].filter((record) => !isExpired(record, nowMs));
}

/** The salts that a further password of the account must be made with; undefined: it is the first one. */
export function scramSaltsOf(view: DirectoryView, account: string, nowMs: number): ScramSalts | undefined {
  const kept = view.credentials.get(account)?.credential;
  return kept ? saltsIn(kept) : saltsToKeep(view, account, nowMs);
}

/** What a new main password must be made with, lest app passwords need another challenge; undefined: it is free. */
export function saltsToKeep(view: DirectoryView, account: string, nowMs: number): ScramSalts | undefined {
  const [first] = currentAppPasswords(view, account, nowMs);
  return first && saltsIn(first.secret);
}

/**
 * What was derived of a password, as it goes with the account's other passwords now: the challenge may have become stronger
 * since. Undefined: its salts are others.
 */
export function fitSalts<Kept extends ScramPair & Pick<Credential, 'stronger'>>(
  derived: Kept,
  salts: ScramSalts | undefined,
): Kept | undefined {
  if (salts === undefined || isSame(saltsIn(derived), salts)) return derived;
  const promoted = promote(derived);
  return isSame(saltsIn(promoted), salts) ? promoted : undefined;
}

/** The stronger verifiers instead of those in use. */
export function promote<Kept extends ScramPair & Pick<Credential, 'stronger'>>(kept: Kept): Kept {
  const { stronger, ...rest } = kept;
  // Nothing is left out but an optional property.
  return { ...rest, ...stronger } as Kept;
}

function isSame(a: ScramSalts, b: ScramSalts): boolean {
  return a.sha256 === b.sha256 && a.sha1 === b.sha1 && a.iterations === b.iterations;
}

export function saltsIn({ scramSha256, scramSha1 }: ScramPair): ScramSalts {
  return { sha256: scramSha256.salt, sha1: scramSha1.salt, iterations: scramSha256.iterations };
}
