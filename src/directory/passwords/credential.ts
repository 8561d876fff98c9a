import { argon2, pbkdf2, createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';

import { isText, objectOf, optional, wholeNumber } from '../../base/shape.ts';
import type { Shaped } from '../../base/shape.ts';
import { BoundedWork } from './bounded-work.ts';

const argon2Async = promisify(argon2);
const pbkdf2Async = promisify(pbkdf2);

export const isKeptScram = objectOf({
  /** base64, as the others. */
  salt: isText,
  iterations: wholeNumber(),
  storedKey: isText,
  serverKey: isText,
});

/** The same password under today's iterations, until all passwords of the account have them: one challenge has to fit all. */
export const isScramPair = objectOf({ scramSha256: isKeptScram, scramSha1: isKeptScram });

/** What is kept of a password; it cannot be had back from it. Parameters stand beside each hash, so that later ones may be stronger. */
export const isCredential = objectOf({
  /** Names the password, also when its hash is made anew with stronger parameters; where it is missing, the salt does. */
  id: optional(isText),
  argon2id: objectOf({
    salt: isText,
    memoryKib: wholeNumber(),
    passes: wholeNumber(),
    parallelism: wholeNumber(),
    hash: isText,
  }),
  /** RFC 5802 section 3: StoredKey and ServerKey, for the SCRAM mechanisms. They can only be made while the password is at hand. */
  scramSha256: isKeptScram,
  scramSha1: isKeptScram,
  stronger: optional(isScramPair),
});

export type Credential = Shaped<typeof isCredential>;
export type KeptScram = Credential['scramSha256'];
/** What costs time and memory in a memory-hard hash. */
export type HashParameters = Pick<Credential['argon2id'], 'memoryKib' | 'passes' | 'parallelism'>;
/** Both verifiers of a password. */
export type ScramPair = Shaped<typeof isScramPair>;

/** With what SCRAM verifiers are made; base64. An account has one, so that a challenge fits all of its passwords. */
export interface ScramSalts {
  readonly sha256: string;
  readonly sha1: string;
  readonly iterations: number;
}

/** OWASP's minimum for argon2id; about 50 ms. */
export const hashParameters: HashParameters = { memoryKib: 19_456, passes: 2, parallelism: 1 };
const hashBytes = 32;
/** RFC 7677 section 4 computes 15,000 for a modern machine, which derives a key in a few milliseconds, clients on phones in fewer than 100. */
export const scramIterations = 15_000;

/** Two threads at most for logins; the pool has four, and the disk needs some. One processor is left to all else: a flood of guesses must not hold up sessions. */
const hashing = new BoundedWork(Math.max(1, Math.min(2, availableParallelism() - 1)));

async function hashArgon2(
  password: string,
  parameters: Omit<Credential['argon2id'], 'hash'>,
  isUrgent = false,
): Promise<Buffer> {
  const { memoryKib: memory, passes, parallelism } = parameters;
  const nonce = Buffer.from(parameters.salt, 'base64');
  const options = { message: password, nonce, parallelism, tagLength: hashBytes, memory, passes };
  return hashing.run(() => argon2Async('argon2id', options), isUrgent);
}

export function newScramSalts(): ScramSalts {
  const salt = () => randomBytes(16).toString('base64');
  return { sha256: salt(), sha1: salt(), iterations: scramIterations };
}

/** Takes a password that `prepareOpaqueString` has passed. About 60 ms on a thread of the pool. */
export async function deriveCredential(password: string, salts = newScramSalts()): Promise<Credential> {
  return { argon2id: await deriveHash(password), ...(await deriveAllScram(password, salts)) };
}

/** The memory-hard hash, with a salt of its own and today's parameters. */
export async function deriveHash(password: string): Promise<Credential['argon2id']> {
  const salt = randomBytes(16).toString('base64');
  const hash = await hashArgon2(password, { salt, ...hashParameters });
  return { salt, ...hashParameters, hash: hash.toString('base64') };
}

/** Verifiers for the account's challenge as it is, and where that is weaker than today's, those that will replace them. */
export async function deriveAllScram(
  password: string,
  salts: ScramSalts,
): Promise<ScramPair & Pick<Credential, 'stronger'>> {
  const now = await deriveScram(password, salts);
  return salts.iterations < scramIterations ? { ...now, stronger: await deriveStronger(password, salts) } : now;
}

/** The same salts, today's iterations. */
export function deriveStronger(password: string, salts: ScramSalts): Promise<ScramPair> {
  return deriveScram(password, { ...salts, iterations: scramIterations });
}

/** The verifiers of a password for SCRAM alone. */
async function deriveScram(password: string, salts: ScramSalts): Promise<ScramPair> {
  const { sha256, sha1, iterations } = salts;
  return {
    scramSha256: await deriveVerifier(password, 'sha256', { salt: sha256, iterations }),
    scramSha1: await deriveVerifier(password, 'sha1', { salt: sha1, iterations }),
  };
}

/** SaltedPassword, ClientKey, StoredKey, ServerKey of RFC 5802 section 3. */
async function deriveVerifier(
  password: string,
  digest: 'sha256' | 'sha1',
  { salt, iterations }: Pick<KeptScram, 'salt' | 'iterations'>,
): Promise<KeptScram> {
  const bytes = digest === 'sha1' ? 20 : 32;
  const salted = await hashing.run(() => pbkdf2Async(password, Buffer.from(salt, 'base64'), iterations, bytes, digest));
  const clientKey = createHmac(digest, salted).update('Client Key').digest();
  return {
    salt,
    iterations,
    storedKey: createHash(digest).update(clientKey).digest('base64'),
    serverKey: createHmac(digest, salted).update('Server Key').digest('base64'),
  };
}

/** Is it this password? Takes a password that `prepareOpaqueString` has passed. `isUrgent`: not behind those who only guess. */
export async function verifyPassword(password: string, credential: Credential, isUrgent = false): Promise<boolean> {
  const wanted = Buffer.from(credential.argon2id.hash, 'base64');
  const got = await hashArgon2(password, credential.argon2id, isUrgent);
  return wanted.length === got.length && timingSafeEqual(wanted, got);
}

/** As long as a real check takes, for addresses that have no password: nobody can tell them apart by the clock. */
export async function pretendToVerify(
  password: string,
  { memoryKib, passes, parallelism }: HashParameters,
): Promise<void> {
  await hashArgon2(password, { salt: dummySalt, memoryKib, passes, parallelism });
}
const dummySalt = randomBytes(16).toString('base64');
