import { createHmac, randomBytes } from 'node:crypto';

import type { Clock } from '../../base/clock.ts';
import type { Credential } from './credential.ts';

const keepMs = 15 * 60 * 1000;
const maxEntries = 10_000;

/**
 * Remembers successful logins, so that clients that connect each minute do not cost a memory-hard hash each time. Keeps
 * no password: a keyed hash of account, credential and password, under a key that dies with the process. A new
 * password makes another key, so an old one is never found again.
 */
export class LoginCache {
  readonly #key = randomBytes(32);
  readonly #clock: Clock;
  /** Keyed hash → when it ends; oldest first. */
  readonly #entries = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  has(account: string, credential: Credential, password: string): boolean {
    const name = this.#name(account, credential, password);
    const until = this.#entries.get(name);
    if (until === undefined) return false;
    if (until > this.#clock.now()) return true;
    this.#entries.delete(name);
    return false;
  }

  add(account: string, credential: Credential, password: string): void {
    const name = this.#name(account, credential, password);
    this.#entries.delete(name);
    this.#entries.set(name, this.#clock.now() + keepMs);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= maxEntries) break;
      this.#entries.delete(oldest);
    }
  }

  /** Each part with its length in front: no two different triples give the same octets. */
  #name(account: string, credential: Credential, password: string): string {
    const hmac = createHmac('sha256', this.#key);
    for (const part of [account, credential.argon2id.hash, password]) hmac.update(`${part.length}:`).update(part);
    return hmac.digest('base64');
  }
}
