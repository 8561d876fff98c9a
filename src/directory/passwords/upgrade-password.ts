import { ok } from '../../base/result.ts';
import { directoryChange } from '../directory-change.ts';
import type { AppPasswordRecord, CredentialRecord } from '../directory-record.ts';
import type { DirectoryView } from '../directory-tables.ts';
import type { Decided } from '../operations/operation.ts';
import { deriveHash, deriveStronger, hashParameters, scramIterations } from './credential.ts';
import type { Credential, ScramPair } from './credential.ts';
import { currentAppPasswords, promote, saltsIn } from './find-app-password.ts';
import { hashCost } from './strength-mix.ts';

/** Where a password is kept. */
export type KeptPassword = CredentialRecord | AppPasswordRecord;

/** What was made of a password with today's parameters; undefined where what is kept is as strong. */
export interface Upgrade {
  readonly argon2id: Credential['argon2id'] | undefined;
  readonly stronger: ScramPair | undefined;
}

/** Would a login with the password itself have something to make stronger? Cheap: asked at every such login. */
export function isOutdated(view: DirectoryView, kept: KeptPassword, nowMs: number): boolean {
  if (needsHash(kept)) return true;
  const secret = secretOf(kept);
  if (secret.scramSha256.iterations >= scramIterations) return false;
  return needsStronger(secret) || isReady(view, kept.account, nowMs, kept);
}

/** On threads of the pool; about 80 ms. Takes a password that `prepareOpaqueString` has passed and that is the kept one. */
export async function deriveUpgrade(password: string, kept: KeptPassword): Promise<Upgrade> {
  const secret = secretOf(kept);
  return {
    argon2id: needsHash(kept) ? await deriveHash(password) : undefined,
    stronger: needsStronger(secret) ? await deriveStronger(password, saltsIn(secret)) : undefined,
  };
}

/**
 * What to write, given what is there now: nothing when it is another password by now, or somebody else was faster. The
 * challenge of SCRAM becomes the stronger one when all passwords of the account have verifiers for it.
 */
export function decideUpgrade(view: DirectoryView, verified: KeptPassword, upgrade: Upgrade, nowMs: number): Decided {
  const current = findAgain(view, verified);
  if (current === undefined) return ok(directoryChange({}));
  const next = upgraded(current, upgrade);
  const { account } = verified;
  if (!isReady(view, account, nowMs, next)) return ok(directoryChange({ put: [next] }));
  const others = passwordsOf(view, account, nowMs).filter((one) => one !== current);
  return ok(directoryChange({ put: [next, ...others].map(promoted) }));
}

/** Names the password, whatever its hash was made with. */
export function passwordId({ id, argon2id }: Credential): string {
  return id ?? argon2id.salt;
}

function needsHash(kept: KeptPassword): boolean {
  return kept.kind === 'credential' && hashCost(kept.credential.argon2id) < hashCost(hashParameters);
}

function needsStronger({ scramSha256, stronger }: ReturnType<typeof secretOf>): boolean {
  return Math.max(scramSha256.iterations, stronger?.scramSha256.iterations ?? 0) < scramIterations;
}

function secretOf(kept: KeptPassword): ScramPair & Pick<Credential, 'stronger'> {
  return kept.kind === 'credential' ? kept.credential : kept.secret;
}

/** The same record as it is now; undefined when its password was changed, or its hash was. */
function findAgain(view: DirectoryView, verified: KeptPassword): KeptPassword | undefined {
  if (verified.kind === 'app-password') return view.appPasswords.get(verified.id);
  const current = view.credentials.get(verified.account);
  return current?.credential.argon2id.hash === verified.credential.argon2id.hash ? current : undefined;
}

function upgraded(current: KeptPassword, { argon2id, stronger }: Upgrade): KeptPassword {
  const more = stronger === undefined ? {} : { stronger };
  if (current.kind === 'app-password') return { ...current, secret: { ...current.secret, ...more } };
  const { credential } = current;
  const hash = argon2id === undefined ? {} : { argon2id, id: passwordId(credential) };
  return { ...current, credential: { ...credential, ...more, ...hash } };
}

/** All of the account's, the main one also where it is for the web alone: one day it may be for programs again. */
function passwordsOf(view: DirectoryView, account: string, nowMs: number): readonly KeptPassword[] {
  const main = view.credentials.get(account);
  return [...(main ? [main] : []), ...currentAppPasswords(view, account, nowMs)];
}

/** Could today's iterations be asked for, if `changed` stood for the record that it is of? */
function isReady(view: DirectoryView, account: string, nowMs: number, changed: KeptPassword): boolean {
  if (secretOf(changed).scramSha256.iterations >= scramIterations) return false;
  return passwordsOf(view, account, nowMs)
    .map((one) => (isSameRecord(one, changed) ? changed : one))
    .every((one) => !needsStronger(secretOf(one)));
}

function isSameRecord(a: KeptPassword, b: KeptPassword): boolean {
  return a.kind === 'credential' ? b.kind === 'credential' : b.kind === 'app-password' && a.id === b.id;
}

function promoted(kept: KeptPassword): KeptPassword {
  return kept.kind === 'credential'
    ? { ...kept, credential: promote(kept.credential) }
    : { ...kept, secret: promote(kept.secret) };
}
