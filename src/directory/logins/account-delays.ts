/** Failures of one login that cost nothing: people mistype. */
const freeFailures = 5;
const firstDelayMs = 500;
const longestDelayMs = 30_000;
/** Who would have to wait longer is refused. */
const longestWaitMs = 60_000;
/** Failures count half after so long. */
const halfLifeMs = 3_600_000;
const maxLogins = 20_000;

interface Login {
  readonly failures: number;
  readonly failedAtMs: number;
  /** When the next attempt may be made. */
  readonly nextAtMs: number;
}

/**
 * Slows guessing at one login down, wherever it comes from: from the sixth failure on an attempt has to wait, each time twice as
 * long, and attempts at once wait for each other. Failures fade by half an hour. Bounded: who has failed longest ago is forgotten.
 * Never asked for addresses from which the login succeeded, so strangers cannot keep its owner out.
 */
export class AccountDelays {
  /** Latest failure last. */
  readonly #logins = new Map<string, Login>();

  /** How long an attempt now has to wait, milliseconds; undefined: too many wait already. */
  take(login: string, nowMs: number): number | undefined {
    const known = this.#logins.get(login);
    const delayMs = known === undefined ? 0 : delayAfter(fade(known, nowMs));
    if (known === undefined || delayMs === 0) return 0;
    const waitMs = Math.max(known.nextAtMs - nowMs, 0) + delayMs;
    if (waitMs > longestWaitMs) return undefined;
    this.#logins.set(login, { ...known, nextAtMs: nowMs + waitMs });
    return waitMs;
  }

  failed(login: string, nowMs: number, times = 1): void {
    const known = this.#logins.get(login);
    this.#logins.delete(login);
    const failures = (known === undefined ? 0 : fade(known, nowMs)) + times;
    this.#logins.set(login, { failures, failedAtMs: nowMs, nextAtMs: known?.nextAtMs ?? 0 });
    for (const oldest of this.#logins.keys()) {
      if (this.#logins.size <= maxLogins) break;
      this.#logins.delete(oldest);
    }
  }
}

function fade({ failures, failedAtMs }: Login, nowMs: number): number {
  return failures * 2 ** (-Math.max(0, nowMs - failedAtMs) / halfLifeMs);
}

function delayAfter(failures: number): number {
  if (failures < freeFailures + 0.5) return failures < freeFailures ? 0 : firstDelayMs;
  return Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(20, Math.floor(failures - freeFailures)));
}
