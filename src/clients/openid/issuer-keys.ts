import type { JSONWebKeySet } from 'jose';

import type { Clock } from '../../base/clock.ts';
import { fetchJsonObject } from '../../net/fetch-json.ts';

/** Keys are asked for again after so long; until they come, the old ones serve, at most for `staleMs`. */
const freshMs = 3_600_000;
const staleMs = 24 * 3_600_000;
/** A token may name a key that is new; whoever makes such tokens up must not make us ask all the time. */
const againMs = 30_000;
const maxBytes = 262_144;
const timeoutMs = 5000;

/** The path of OpenID Connect Discovery 1.0 section 4 and RFC 8414 section 3 for the `openid-configuration` suffix. */
export function configurationUrlOf(issuer: string): string {
  return `${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`;
}

interface Fetched {
  readonly keys: JSONWebKeySet;
  readonly atMs: number;
}

/** The signing keys of one issuer, found by discovery and kept. */
export class IssuerKeys {
  readonly #issuer: string;
  readonly #clock: Clock;
  #fetched: Fetched | undefined;
  #triedAtMs = Number.NEGATIVE_INFINITY;
  #fetching: Promise<Fetched> | undefined;
  #failure = '';

  constructor(issuer: string, clock: Clock) {
    this.#issuer = issuer;
    this.#clock = clock;
  }

  /**
   * The keys as they are known. `missing`: one that was looked for is not among the last ones, so there may be newer ones.
   * @throws Error when there are none and none can be had
   */
  async get(missing = false): Promise<JSONWebKeySet> {
    const now = this.#clock.now();
    const known = this.#fetched;
    const isOld = known === undefined || now - known.atMs >= freshMs;
    if (!isOld && !(missing && now - known.atMs >= againMs)) return known.keys;
    if (this.#fetching === undefined && now - this.#triedAtMs < againMs && this.#failure !== '') {
      return this.#stale(known, now, new Error(this.#failure));
    }
    try {
      return (await this.#fetch(now)).keys;
    } catch (error) {
      return this.#stale(known, now, error);
    }
  }

  #stale(known: Fetched | undefined, now: number, error: unknown): JSONWebKeySet {
    if (known !== undefined && now - known.atMs < staleMs) return known.keys;
    throw error;
  }

  /** One at a time, whoever asks. */
  #fetch(now: number): Promise<Fetched> {
    this.#triedAtMs = now;
    this.#fetching ??= this.#fetchKeys(now)
      .then(
        (fetched) => {
          this.#failure = '';
          this.#fetched = fetched;
          return fetched;
        },
        (error: unknown) => {
          this.#failure = error instanceof Error ? error.message : 'the issuer does not answer';
          throw error;
        },
      )
      .finally(() => {
        this.#fetching = undefined;
      });
    return this.#fetching;
  }

  async #fetchKeys(atMs: number): Promise<Fetched> {
    const url = configurationUrlOf(this.#issuer);
    const configuration = await fetchJsonObject({ url, maxBytes, timeoutMs });
    const issuer = 'issuer' in configuration ? configuration.issuer : undefined;
    // OpenID Connect Discovery 1.0 section 4.3: exactly the same.
    if (issuer !== this.#issuer) throw new Error(`${url} is of another issuer: ${String(issuer)}`);
    const jwksUri = 'jwks_uri' in configuration ? configuration.jwks_uri : undefined;
    if (typeof jwksUri !== 'string' || !isSafe(jwksUri, this.#issuer)) throw new Error(`${url} names no safe jwks_uri`);
    const keys = await fetchJsonObject({ url: jwksUri, maxBytes, timeoutMs });
    if (!('keys' in keys) || !Array.isArray(keys.keys)) throw new Error(`${jwksUri} is no set of keys`);
    // jose looks at each key again before it uses it.
    return { keys: { keys: keys.keys as JSONWebKeySet['keys'] }, atMs };
  }
}

/** HTTPS, as the issuer itself unless that is a test on this machine. */
function isSafe(url: string, issuer: string): boolean {
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  return protocol === 'https:' || protocol === new URL(issuer).protocol;
}
