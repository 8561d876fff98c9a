import { createHash } from 'node:crypto';
import type { Log } from '../base/log.ts';
import type { TlsFact, TlsReporter } from './tls-report.ts';

/** How often something was seen of a domain on a day. */
export interface CountedTlsResult {
  /** Days since 1970, UTC: reports are for these (RFC 8460 section 4.1). */
  readonly day: number;
  readonly domain: string;
  /** Equal facts have equal keys. */
  readonly key: string;
  /** JSON of a `TlsFact` without its domain. */
  readonly facts: string;
  readonly count: number;
}

/** Where counts are added to those that are there already. */
export interface TlsResultMemory {
  add(results: readonly CountedTlsResult[], forgetBeforeDay: number): Promise<unknown>;
}

export interface TlsResultCounterOptions {
  readonly memory: TlsResultMemory;
  readonly now: () => number;
  readonly log: Log;
  readonly flushMs?: number;
}

const dayMs = 86_400_000;
/** Reports are about yesterday; what is older is of no use to anybody. */
const keptDays = 3;
/** Different facts of one domain between two flushes; after that, details are left out, so that nobody can fill the database. */
const maxDetails = 100;
/** Different facts in all that wait; more are dropped, and the log tells. */
const maxWaiting = 20_000;

/** Counts what sessions show and keeps the counts every half minute: a crash loses at most those of that time. */
export class TlsResultCounter implements TlsReporter {
  readonly #options: TlsResultCounterOptions;
  #waiting = new Map<string, CountedTlsResult>();
  #perDomain = new Map<string, number>();
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();

  constructor(options: TlsResultCounterOptions) {
    this.#options = options;
  }

  record(fact: TlsFact): void {
    const day = Math.floor(this.#options.now() / dayMs);
    const details = (this.#perDomain.get(fact.recipientDomain) ?? 0) < maxDetails;
    const result = describe(details ? fact : { ...fact, receivingIp: undefined, reason: undefined }, day);
    const place = `${day} ${result.domain} ${result.key}`;
    const before = this.#waiting.get(place);
    if (!before && this.#waiting.size >= maxWaiting) {
      this.#dropped++;
      return;
    }
    if (!before) this.#perDomain.set(result.domain, (this.#perDomain.get(result.domain) ?? 0) + 1);
    this.#waiting.set(place, { ...result, count: (before?.count ?? 0) + 1 });
    this.#timer ??= setTimeout(() => void this.flush(), this.#options.flushMs ?? 30_000);
  }

  /** Keeps what was counted. Never rejects: what cannot be kept is lost, and the log tells. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushing = this.#flushing.then(() => this.#keep());
    return this.#flushing;
  }

  async #keep(): Promise<void> {
    const { memory, now, log } = this.#options;
    if (this.#waiting.size === 0) return;
    const results = [...this.#waiting.values()];
    const dropped = this.#dropped;
    this.#waiting = new Map();
    this.#perDomain = new Map();
    this.#dropped = 0;
    if (dropped > 0) log.warn('results of TLS sessions were not counted: too many different ones', { dropped });
    try {
      await memory.add(results, Math.floor(now() / dayMs) - keptDays);
    } catch (error) {
      log.warn('results of TLS sessions could not be kept', { results: results.length, why: String(error) });
    }
  }
}

function describe({ recipientDomain, ...rest }: TlsFact, day: number): CountedTlsResult {
  const facts = JSON.stringify(rest);
  const key = createHash('sha256').update(facts).digest('base64url').slice(0, 22);
  return { day, domain: recipientDomain, key, facts, count: 1 };
}
