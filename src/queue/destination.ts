import type { Batch } from './courier.ts';

/** How hard a destination may be pressed. */
export interface DestinationLimits {
  /** Transactions at once, at first and at most. */
  readonly firstConcurrency: number;
  readonly maxConcurrency: number;
  /** Transactions begun in a minute; undefined: no limit. */
  readonly perMinute: number | undefined;
}

/** Failures in a row after which nothing is tried for a while. */
const failuresUntilRest = 3;
const firstRestMs = 60_000;
const longestRestMs = 15 * 60_000;

/**
 * What is known about one destination. Its concurrency grows by one for each full round of successes and halves when a
 * connection fails; when that goes on at one connection, it rests, so that a server which is down costs nobody time.
 */
export class Destination {
  readonly domain: string;
  #limits: DestinationLimits;
  /** When the first entry that is not claimed is due; Infinity: there is none. */
  dueAtMs = Infinity;
  /** Claimed, and waiting for a free connection. */
  readonly ready: Batch[] = [];
  active = 0;
  /** Connections that are promised to entries on their way into the queue. */
  reserved = 0;
  isPaused = false;
  #limit: number;
  #successes = 0;
  #failures = 0;
  #restUntilMs = 0;
  #restMs = 0;
  #tokens: number;
  #filledAtMs = 0;

  constructor(domain: string, limits: DestinationLimits) {
    this.domain = domain;
    this.#limits = limits;
    this.#limit = Math.min(limits.firstConcurrency, limits.maxConcurrency);
    this.#tokens = limits.perMinute ?? 0;
  }

  /** From now on; transactions that are under way end as they began. */
  useLimits(limits: DestinationLimits): void {
    if (limits.perMinute !== this.#limits.perMinute) this.#tokens = limits.perMinute ?? 0;
    this.#limits = limits;
    this.#limit = Math.min(this.#limit, limits.maxConcurrency);
  }

  get concurrency(): number {
    return this.#limit;
  }

  /** The last transaction failed: others go first when connections are short. */
  get isSuspect(): boolean {
    return this.#failures > 0;
  }

  get isIdle(): boolean {
    return this.active === 0 && this.reserved === 0 && this.ready.length === 0 && this.dueAtMs === Infinity;
  }

  /** Transactions that may begin now. */
  free(nowMs: number): number {
    if (this.isPaused || nowMs < this.#restUntilMs) return 0;
    return Math.max(0, Math.min(this.#limit - this.active, this.#fill(nowMs)) - this.reserved);
  }

  /** Nothing but the number of connections keeps transactions back: no pause, no rest, no rate. */
  isOpen(nowMs: number): boolean {
    return !this.isPaused && nowMs >= this.#restUntilMs && this.#limits.perMinute === undefined;
  }

  /** When `free` may become more by time alone: the rest or the rate. */
  freeAtMs(nowMs: number): number {
    if (nowMs < this.#restUntilMs) return this.#restUntilMs;
    const { perMinute } = this.#limits;
    if (perMinute === undefined || this.#fill(nowMs) >= 1) return nowMs;
    return nowMs + Math.ceil(((1 - this.#tokens) * 60_000) / perMinute);
  }

  begin(): void {
    this.active += 1;
    this.#tokens -= 1;
  }

  /** How a transaction ended, as far as it says something about the destination. */
  end(how: 'served' | 'failed' | 'nothing', nowMs: number): void {
    this.active -= 1;
    if (how === 'served') this.#grow();
    if (how === 'failed') this.#shrink(nowMs);
  }

  #grow(): void {
    this.#failures = 0;
    this.#restMs = 0;
    this.#restUntilMs = 0;
    this.#successes += 1;
    if (this.#successes < this.#limit || this.#limit >= this.#limits.maxConcurrency) return;
    this.#limit += 1;
    this.#successes = 0;
  }

  #shrink(nowMs: number): void {
    this.#successes = 0;
    this.#failures += 1;
    this.#limit = Math.max(1, Math.floor(this.#limit / 2));
    if (this.#failures < failuresUntilRest || nowMs < this.#restUntilMs) return;
    this.#restMs = Math.min(longestRestMs, this.#restMs === 0 ? firstRestMs : this.#restMs * 2);
    this.#restUntilMs = nowMs + this.#restMs;
  }

  #fill(nowMs: number): number {
    const { perMinute } = this.#limits;
    if (perMinute === undefined) return Infinity;
    const gained = (Math.max(0, nowMs - this.#filledAtMs) * perMinute) / 60_000;
    this.#tokens = Math.min(perMinute, this.#tokens + gained);
    this.#filledAtMs = nowMs;
    return Math.floor(this.#tokens);
  }
}
