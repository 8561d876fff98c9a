import type { JWTPayload } from 'jose';

import type { Clock } from '../../base/clock.ts';
import type { TokenVerdict, TokenVerifier } from '../../base/token-verifier.ts';
import { configurationUrlOf, IssuerKeys } from './issuer-keys.ts';

export interface IssuerOptions {
  /** As it stands in `iss`. */
  readonly issuer: string;
  /** One of them has to stand in `aud`. */
  readonly audience: readonly string[];
  /** Which claim has the address that logs in. */
  readonly loginClaim: string;
  readonly clock: Clock;
}

/**
 * Signatures that only the issuer can make. No `none`, and no HMAC: with a public key as its secret anybody could sign (RFC 8725
 * section 2.1).
 */
const algorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];
const clockToleranceSeconds = 60;
const maxTokenBytes = 16_384;

/** Checks access tokens in the form of JWT (RFC 9068, RFC 7519) against one issuer. The library is loaded with the first token. */
export function createTokenVerifier(options: IssuerOptions): TokenVerifier {
  const keys = new IssuerKeys(options.issuer, options.clock);
  return {
    configurationUrl: configurationUrlOf(options.issuer),
    async verify(token) {
      if (token.length > maxTokenBytes) return { kind: 'invalid', why: 'too long' };
      const first = await verifyWith(keys, token, options, false);
      return first ?? (await verifyWith(keys, token, options, true)) ?? { kind: 'invalid', why: 'unknown key' };
    },
  };
}

/** Undefined: its key is not among those known; there may be newer ones. */
async function verifyWith(
  keys: IssuerKeys,
  token: string,
  options: IssuerOptions,
  missing: boolean,
): Promise<TokenVerdict | undefined> {
  const { createLocalJWKSet, errors, jwtVerify } = await import('jose');
  let keySet;
  try {
    keySet = createLocalJWKSet(await keys.get(missing));
  } catch (error) {
    return { kind: 'unavailable', why: textOf(error) };
  }
  try {
    const { payload } = await jwtVerify(token, keySet, {
      ...{ issuer: options.issuer, audience: [...options.audience], algorithms },
      ...{ requiredClaims: ['exp'], clockTolerance: clockToleranceSeconds, currentDate: new Date(options.clock.now()) },
    });
    return addressIn(payload, options.loginClaim);
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey && !missing) return undefined;
    return { kind: 'invalid', why: textOf(error) };
  }
}

function addressIn(payload: JWTPayload, claim: string): TokenVerdict {
  const address = payload[claim];
  if (typeof address !== 'string' || address === '') return { kind: 'invalid', why: `no claim ${claim}` };
  // OpenID Connect Core 1.0 section 5.1: the address may be one that the user only says is theirs.
  if (claim === 'email' && payload['email_verified'] === false)
    return { kind: 'invalid', why: 'email is not verified' };
  return { kind: 'valid', address };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : 'no reason given';
}
