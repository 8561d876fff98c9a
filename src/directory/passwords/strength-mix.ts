import type { DirectoryView } from '../directory-tables.ts';
import { hashParameters, scramIterations } from './credential.ts';
import type { HashParameters } from './credential.ts';

/**
 * How strongly the passwords here are kept, so that what is made up for a login that nobody has looks like what somebody has,
 * also while old passwords wait for their next login with today's parameters. A login has its place among all for ever: as
 * accounts come to be kept more strongly, so do the made-up ones, each once.
 */
export class StrengthMix {
  readonly #iterations: readonly number[];
  readonly #hashes: readonly HashParameters[];

  constructor(view: DirectoryView) {
    const kept = [...view.credentials.values()].map(({ credential }) => credential);
    this.#iterations = kept.map(({ scramSha256 }) => scramSha256.iterations).toSorted((a, b) => a - b);
    this.#hashes = kept.map(({ argon2id }) => argon2id).toSorted((a, b) => hashCost(a) - hashCost(b));
  }

  /** `place`: 0 up to 1. */
  iterationsAt(place: number): number {
    return this.#iterations[Math.floor(place * this.#iterations.length)] ?? scramIterations;
  }

  hashAt(place: number): HashParameters {
    return this.#hashes[Math.floor(place * this.#hashes.length)] ?? hashParameters;
  }
}

/** Octets written, which is what guessing costs. */
export function hashCost({ memoryKib, passes }: HashParameters): number {
  return memoryKib * passes;
}
