import type { Clock } from '../../base/clock.ts';
import type { Asked } from './ask-servers.ts';

export interface ReplyCacheOptions {
  readonly maxEntries: number;
  readonly clock: Clock;
}

/** Longest time for records, for negative replies (RFC 2308 section 5), and for failures (RFC 9520 section 3.2). */
const MAX_SECONDS = 86_400;
const MAX_NEGATIVE_SECONDS = 10_800;
const FAILURE_SECONDS = 5;
/** Replies with more records are not kept, so that the number of entries bounds the memory. */
const MAX_RECORDS = 64;
const MAX_OCTETS = 8192;

interface Entry {
  readonly asked: Asked;
  readonly untilMs: number;
}

/** Replies by question, for as long as they may be kept; the ones unused for longest go first. */
export class ReplyCache {
  readonly #entries = new Map<string, Entry>();
  readonly #options: ReplyCacheOptions;

  constructor(options: ReplyCacheOptions) {
    this.#options = options;
  }

  /** With the time that is left of it. */
  get(question: string): Asked | undefined {
    const entry = this.#entries.get(question);
    if (entry === undefined) return undefined;
    this.#entries.delete(question);
    const leftMs = entry.untilMs - this.#options.clock.now();
    if (leftMs <= 0) return undefined;
    this.#entries.set(question, entry);
    if (entry.asked.kind === 'timeout') return entry.asked;
    return { ...entry.asked, ttlSeconds: Math.floor(leftMs / 1000) };
  }

  put(question: string, asked: Asked): void {
    const seconds = secondsToKeep(asked);
    if (seconds <= 0) return;
    this.#entries.delete(question);
    this.#entries.set(question, { asked, untilMs: this.#options.clock.now() + seconds * 1000 });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#options.maxEntries) break;
      this.#entries.delete(oldest);
    }
  }
}

function secondsToKeep(asked: Asked): number {
  switch (asked.kind) {
    case 'records':
      return isSmall(asked.records) ? Math.min(asked.ttlSeconds, MAX_SECONDS) : 0;
    case 'no-data':
    case 'no-such-domain':
      return Math.min(asked.ttlSeconds, MAX_NEGATIVE_SECONDS);
    default:
      return FAILURE_SECONDS;
  }
}

function isSmall(records: readonly unknown[]): boolean {
  if (records.length > MAX_RECORDS) return false;
  const octets = records.reduce<number>((sum, each) => sum + (typeof each === 'string' ? each.length : 0), 0);
  return octets <= MAX_OCTETS;
}
