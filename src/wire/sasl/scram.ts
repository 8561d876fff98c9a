import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

import { parseClientFinal, parseClientFirst } from './scram-message.ts';
import type { ClientFirst } from './scram-message.ts';
import type { ChannelBinding, ScramDigest, ScramKeys, ScramVerifier } from './scram-verifier.ts';

export interface ScramOptions {
  readonly digest: ScramDigest;
  /** The mechanism's name ends in `-PLUS`. */
  readonly plus: boolean;
  readonly binding: ChannelBinding | undefined;
  /** For tests; otherwise 144 random bits. */
  readonly nonce?: string;
}

/** Why an exchange ends without a login. `binding`: none, a wrong one, or somebody hid that the server offers it. */
export type ScramFailure = { readonly kind: 'failed'; readonly why: 'malformed' | 'binding' | 'proof' };

/** Who wants in. Give what is kept of the login's password, or made up for one that is unknown, to `challenge`. */
export interface ScramClaim {
  readonly kind: 'claim';
  readonly login: string;
  /** '' when the client did not ask for another identity. */
  readonly authorizeAs: string;
  challenge(verifier: ScramVerifier): ScramChallenge;
}

export interface ScramChallenge {
  /** `server-first-message`, to send. */
  readonly octets: Uint8Array;
  /** Takes `client-final-message`. */
  prove(response: Uint8Array): ScramProof | ScramFailure;
}

/** The client knows the password. `octets` is `server-final-message`, to send; the client answers it with nothing. */
export interface ScramProof {
  readonly kind: 'proven';
  readonly octets: Uint8Array;
  /** Of the password that it knows. */
  readonly storedKey: Uint8Array;
}

/** So many keys are tried at least, and always a power of two: the time tells little of how many passwords a login has. */
const minTries = 4;

/**
 * The server's side of SCRAM-SHA-1, SCRAM-SHA-256 (RFC 7677) and both -PLUS, from `client-first-message` on. Takes the
 * same time for a wrong password as for a made-up verifier. RFC 5802 sections 3, 5 and 6.
 */
export function startScram(options: ScramOptions, clientFirst: Uint8Array): ScramClaim | ScramFailure {
  const first = parseClientFirst(clientFirst);
  if (first === undefined) return { kind: 'failed', why: 'malformed' };
  const expected = expectedBinding(options, first);
  if (expected === undefined) return { kind: 'failed', why: 'binding' };
  const { login, authorizeAs } = first;
  return {
    kind: 'claim',
    login,
    authorizeAs,
    challenge(verifier) {
      const nonce = first.nonce + (options.nonce ?? randomBytes(18).toString('base64'));
      const salt = Buffer.from(verifier.salt).toString('base64');
      const serverFirst = `r=${nonce},s=${salt},i=${verifier.iterations}`;
      return {
        octets: Buffer.from(serverFirst),
        prove(response) {
          const final = parseClientFinal(response);
          if (final === undefined || final.nonce !== nonce) return { kind: 'failed', why: 'malformed' };
          if (!isEqual(final.binding, expected)) return { kind: 'failed', why: 'binding' };
          const message = `${first.bare},${serverFirst},${final.withoutProof}`;
          const keys = findKeys(options.digest, verifier, message, final.proof);
          if (keys === undefined) return { kind: 'failed', why: 'proof' };
          const signature = createHmac(options.digest, keys.serverKey).update(message).digest('base64');
          return { kind: 'proven', octets: Buffer.from(`v=${signature}`), storedKey: keys.storedKey };
        },
      };
    },
  };
}

/** What `c` of the final message has to be; undefined when the flag does not go with the mechanism and what is offered. */
function expectedBinding({ plus, binding }: ScramOptions, { flag, gs2Header }: ClientFirst): Uint8Array | undefined {
  const header = Buffer.from(gs2Header);
  if (!plus) return flag.kind === 'unsupported' || (flag.kind === 'not-offered' && !binding) ? header : undefined;
  const data = flag.kind === 'used' ? binding?.(flag.type) : undefined;
  return data && Buffer.concat([header, data]);
}

/** The keys that the proof was made with; all are tried, whichever fits. */
function findKeys(digest: ScramDigest, verifier: ScramVerifier, message: string, proof: Uint8Array) {
  const all: readonly ScramKeys[] = [verifier, ...(verifier.others ?? [])];
  let found: ScramKeys | undefined;
  let tries = minTries;
  while (tries < all.length) tries *= 2;
  for (let at = 0; at < tries; at++) {
    const keys = all[at % all.length] ?? verifier;
    if (isProof(digest, keys, message, proof)) found ??= keys;
  }
  return found;
}

/** ClientKey is the proof without the signature; its hash is what is kept. RFC 5802 section 3. */
function isProof(digest: ScramDigest, { storedKey }: ScramKeys, message: string, proof: Uint8Array): boolean {
  const signature = createHmac(digest, storedKey).update(message).digest();
  if (proof.length !== signature.length) return false;
  const clientKey = signature.map((octet, at) => octet ^ (proof[at] ?? 0));
  return isEqual(createHash(digest).update(clientKey).digest(), storedKey);
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
