import type { SearchKey } from '../../../wire/imap/search-key.ts';

type AgeKey = Extract<SearchKey, { kind: 'age' }>;

/** How far ahead changes are known, seconds; then all messages are looked at again. */
const aheadSeconds = 3600;
/** Changes that are kept; with more of them they are known for a shorter time. */
const maxKept = 10_000;

interface Turn {
  readonly atSeconds: number;
  readonly uid: number;
}

/**
 * When messages change sides of the OLDER and YOUNGER keys of a search as time passes (RFC 5032 section 2). Times are in whole
 * seconds, as INTERNALDATE is. What was not looked at yet is unknown from `horizonSeconds` on.
 */
export class AgeSchedule {
  /** Changes after `takenSeconds` and up to here are known; at first, none. */
  horizonSeconds: number;
  private takenSeconds: number;
  private turns: Turn[] = [];
  private readonly keys: readonly AgeKey[];

  private constructor(keys: readonly AgeKey[], nowSeconds: number) {
    this.keys = keys;
    this.takenSeconds = nowSeconds;
    this.horizonSeconds = nowSeconds - 1;
  }

  /** Undefined when time changes nothing. `nowSeconds`: not later than the search itself. */
  static of(key: SearchKey, nowSeconds: number): AgeSchedule | undefined {
    const keys = agesIn(key);
    return keys.length === 0 ? undefined : new AgeSchedule(keys, nowSeconds);
  }

  /** When to look again. */
  get nextSeconds(): number {
    return Math.min(this.turns[0]?.atSeconds ?? Infinity, this.horizonSeconds + 1);
  }

  /** True when all messages must be added again before `take`. */
  endsBefore(nowSeconds: number): boolean {
    return nowSeconds > this.horizonSeconds;
  }

  /** Looks further ahead; add all messages then. */
  extend(nowSeconds: number): void {
    this.turns = [];
    this.horizonSeconds = nowSeconds + aheadSeconds;
  }

  /** Messages with their INTERNALDATE. One that is known already does no harm. */
  add(messages: Iterable<{ readonly uid: number; readonly receivedSeconds: number }>): void {
    for (const { uid, receivedSeconds } of messages) {
      for (const { is, seconds } of this.keys) {
        // One that is just so old is both; a second later it is no longer younger.
        const atSeconds = receivedSeconds + seconds + (is === 'older' ? 0 : 1);
        if (atSeconds > this.takenSeconds && atSeconds <= this.horizonSeconds) this.turns.push({ atSeconds, uid });
      }
    }
    this.turns.sort((a, b) => a.atSeconds - b.atSeconds);
    this.shorten();
  }

  /** Uids of the messages that changed sides until now. */
  take(nowSeconds: number): readonly number[] {
    let count = 0;
    while ((this.turns[count]?.atSeconds ?? Infinity) <= nowSeconds) count++;
    this.takenSeconds = nowSeconds;
    return [...new Set(this.turns.splice(0, count).map(({ uid }) => uid))];
  }

  /** Of a second, all changes are known or none. */
  private shorten(): void {
    const first = this.turns[maxKept];
    if (first === undefined) return;
    let keep = maxKept;
    const last = this.turns[0]?.atSeconds === first.atSeconds ? first.atSeconds : first.atSeconds - 1;
    while (this.turns[keep]?.atSeconds === last) keep++;
    while ((this.turns[keep - 1]?.atSeconds ?? 0) > last) keep--;
    this.turns.length = keep;
    this.horizonSeconds = last;
  }
}

function agesIn(key: SearchKey): readonly AgeKey[] {
  switch (key.kind) {
    case 'age':
      return [key];
    case 'not':
    case 'fuzzy':
      return agesIn(key.key);
    case 'or':
    case 'and':
      return key.keys.flatMap(agesIn);
    default:
      return [];
  }
}
