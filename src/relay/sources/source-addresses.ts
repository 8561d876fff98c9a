import { createHash } from 'node:crypto';
import { dayMs, hourMs, stageOf } from './warm-up-plan.ts';
import type { WarmUpPlan, WarmUpStage } from './warm-up-plan.ts';

/** An address of ours that mail leaves from. */
export interface Source {
  readonly ip: string;
  /** What is said in EHLO from there; its reverse DNS should have the same. Undefined: the name of the server. */
  readonly ehloName: string | undefined;
  readonly warmUp: WarmUpPlan | undefined;
}

/** Counts what left from addresses that warm up; restarts and other processes on one database see the same counts. */
export interface WarmUpMemory {
  /** Counts one message more, unless that would pass one of the limits: which one. */
  take(want: {
    readonly ip: string;
    /** Days since 1970, UTC. */
    readonly day: number;
    readonly destination: string;
    readonly limit: number;
    readonly destinationLimit: number;
  }): Promise<'taken' | 'all-used' | 'destination-used'>;
}

export interface SourceWish {
  readonly family: 4 | 6;
  /** Domain of the recipients. */
  readonly destination: string;
  /** The address of the try before: greylisting knows it by now. */
  readonly before: string | undefined;
}

/** What is known to be used up is kept for so many addresses and destinations; then it is asked for anew. */
const maxUsed = 10_000;

/**
 * Which of our addresses a message leaves from. Those that warm up come first as long as their plan allows it, each
 * destination having its part; then the others, always the same one for a destination, which so gets to know it.
 */
export class SourceAddresses {
  readonly #sources: readonly Source[];
  readonly #memory: WarmUpMemory;
  readonly #now: () => number;
  /** Until when there is nothing more to be had from an address, or from it for a destination. */
  readonly #usedUntilMs = new Map<string, number>();

  constructor(sources: readonly Source[], memory: WarmUpMemory, now: () => number) {
    this.#sources = sources;
    this.#memory = memory;
    this.#now = now;
  }

  /** Undefined: none is configured for the family. `used-up`: all of them warm up, and have sent what they may for now. */
  async choose({ family, destination, before }: SourceWish): Promise<Source | 'used-up' | undefined> {
    const own = this.#sources.filter(({ ip }) => (ip.includes(':') ? 6 : 4) === family);
    if (own.length <= 1 && own[0]?.warmUp === undefined) return own[0];
    const nowMs = this.#now();
    const warm: Source[] = [];
    const warming: { readonly source: Source; readonly stage: Warming }[] = [];
    for (const source of own) {
      const stage = source.warmUp === undefined ? isWarm : stageOf(source.warmUp, nowMs);
      if (stage.kind === 'warm') warm.push(source);
      else if (stage.kind === 'warming') warming.push({ source, stage });
    }
    const same = warm.find(({ ip }) => ip === before);
    if (same !== undefined) return same;
    for (const { source, stage } of ranked(warming, destination, ({ source: { ip } }) => ip, before)) {
      if (await this.#take(source, stage, destination, nowMs)) return source;
    }
    return ranked(warm, destination, ({ ip }) => ip, before)[0] ?? (own.length > 0 ? 'used-up' : undefined);
  }

  async #take({ ip }: Source, stage: Warming, destination: string, nowMs: number): Promise<boolean> {
    const day = Math.floor(nowMs / dayMs);
    const ofDestination = `${ip} ${destination}`;
    if (this.#isUsed(ip, nowMs) || this.#isUsed(ofDestination, nowMs)) return false;
    const limits = { limit: stage.byNow, destinationLimit: stage.perDestination };
    const taken = await this.#memory.take({ ip, day, destination, ...limits });
    if (taken === 'taken') return true;
    if (this.#usedUntilMs.size >= maxUsed) this.#usedUntilMs.clear();
    // Each hour has its part; each destination has one part for the day.
    if (taken === 'all-used') this.#usedUntilMs.set(ip, (Math.floor(nowMs / hourMs) + 1) * hourMs);
    else this.#usedUntilMs.set(ofDestination, (day + 1) * dayMs);
    return false;
  }

  #isUsed(key: string, nowMs: number): boolean {
    const untilMs = this.#usedUntilMs.get(key);
    if (untilMs === undefined || nowMs < untilMs - dayMs) return false;
    if (nowMs < untilMs) return true;
    this.#usedUntilMs.delete(key);
    return false;
  }
}

type Warming = Extract<WarmUpStage, { kind: 'warming' }>;
const isWarm = { kind: 'warm' } as const;

/** In an order of its own for each destination that stays when others come and go; that of before is the first. */
function ranked<T>(
  list: readonly T[],
  destination: string,
  ipOf: (each: T) => string,
  before: string | undefined,
): readonly T[] {
  if (list.length <= 1) return list;
  const rank = (each: T): string =>
    ipOf(each) === before
      ? ''
      : createHash('sha1')
          .update(`${ipOf(each)} ${destination}`)
          .digest('base64');
  const keyed = list.map((each) => ({ each, key: rank(each) }));
  return keyed.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ each }) => each);
}
