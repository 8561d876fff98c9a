import { timingSafeEqual } from 'node:crypto';

import type { AppPasswordRecord } from '../directory-record.ts';
import type { DirectoryView } from '../directory-tables.ts';
import { hashAppPassword } from './app-password.ts';
import { newScramSalts } from './credential.ts';
import type { Credential, ScramSalts } from './credential.ts';

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

/** The salts that a further password of the account must be made with; new ones for its first password. */
export function scramSaltsOf(view: DirectoryView, account: string): ScramSalts {
  const kept = view.credentials.get(account)?.credential;
  return saltsToKeep(view, account) ?? (kept ? saltsIn(kept) : newScramSalts());
}

/** What a new main password must be made with, lest app passwords need another challenge; undefined: it is free. */
export function saltsToKeep(view: DirectoryView, account: string): ScramSalts | undefined {
  const [first] = view.appPasswordsOf.get(account)?.values() ?? [];
  return first && saltsIn(first.secret);
}

function saltsIn({ scramSha256, scramSha1 }: Pick<Credential, 'scramSha256' | 'scramSha1'>): ScramSalts {
  return { sha256: scramSha256.salt, sha1: scramSha1.salt, iterations: scramSha256.iterations };
}
