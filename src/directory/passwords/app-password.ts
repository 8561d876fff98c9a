import { createHash, randomInt } from 'node:crypto';

import { isText, objectOf, optional } from '../../base/shape.ts';
import type { Shaped } from '../../base/shape.ts';
import { deriveAllScram, isKeptScram, isScramPair } from './credential.ts';
import type { ScramSalts } from './credential.ts';

/** What is kept of an app password. It is random and long, so one hash is enough: guessing 125 bits needs no slowing down. */
export const isAppPasswordSecret = objectOf({
  /** base64 of the SHA-256. */
  sha256: isText,
  scramSha256: isKeptScram,
  scramSha1: isKeptScram,
  stronger: optional(isScramPair),
});

export type AppPasswordSecret = Shaped<typeof isAppPasswordSecret>;

/** Base32 as of RFC 4648 section 6, in small letters: nothing in it looks like something else. */
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
const groups = 5;
const groupLength = 5;

/** How an app password looks; only such are taken, so that nobody sets one that can be guessed. */
export const appPasswordForm = /^[a-z2-7]{5}(?:-[a-z2-7]{5}){4}$/;

/** 125 random bits, in groups that can be typed. */
export function generateAppPassword(): string {
  const group = () => Array.from({ length: groupLength }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
  return Array.from({ length: groups }, group).join('-');
}

export async function deriveAppPassword(password: string, salts: ScramSalts): Promise<AppPasswordSecret> {
  return { sha256: hashAppPassword(password).toString('base64'), ...(await deriveAllScram(password, salts)) };
}

/** Names the record; says nothing of the password. */
export function appPasswordId({ sha256 }: AppPasswordSecret): string {
  return createHash('sha256').update(`app password ${sha256}`).digest('base64url').slice(0, 16);
}

/** The one hash that is kept: nothing to compute slowly. */
export function hashAppPassword(password: string): Buffer {
  return createHash('sha256').update(password).digest();
}
