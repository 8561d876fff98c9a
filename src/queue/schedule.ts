const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** When a message is tried again, and when its sender hears of it. RFC 5321 section 4.5.4.1. */
export interface Schedule {
  /** From the first try to the second; each wait is twice the one before, up to `longestWaitMs`. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** Then it is given up, and the sender told. */
  readonly giveUpAfterMs: number;
  /** Reports (DMARC, TLS) grow old sooner. */
  readonly giveUpReportsAfterMs: number;
  /** Once, the sender is told that it takes longer. */
  readonly tellDelayAfterMs: number;
}

/** 0, 7.5 min, 22.5 min, 52.5 min, 1 h 52, 3 h 52, then every 4 hours until four days are over. */
export const defaultSchedule: Schedule = {
  firstWaitMs: 7.5 * minuteMs,
  longestWaitMs: 4 * hourMs,
  giveUpAfterMs: 96 * hourMs,
  giveUpReportsAfterMs: 24 * hourMs,
  tellDelayAfterMs: 4 * hourMs,
};

/** Share of a wait that chance adds or takes, so that what failed together does not come again together. */
const jitter = 0.05;

/** The wait after the first, second, … try; the last counts for all later ones. */
export function waitsOf(
  { firstWaitMs, longestWaitMs }: Schedule,
  random: () => number = Math.random,
): readonly number[] {
  const waits: number[] = [];
  let wait = firstWaitMs;
  for (; wait < longestWaitMs && waits.length < 60; wait *= 2) waits.push(vary(wait, random));
  waits.push(vary(longestWaitMs, random));
  return waits;
}

/** When to try again after so many tries. */
export function nextTry(schedule: Schedule, tries: number, nowMs: number, random: () => number = Math.random): number {
  const { firstWaitMs, longestWaitMs } = schedule;
  const wait = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(tries - 1, 60));
  return nowMs + vary(wait, random);
}

function vary(waitMs: number, random: () => number): number {
  return Math.round(waitMs * (1 + jitter * (2 * random() - 1)));
}
