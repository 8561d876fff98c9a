/** How much leaves from an address that others do not know yet: a little on the first day, more on each one after it. */
export interface WarmUpPlan {
  /** Midnight UTC of the first day, milliseconds since 1970. */
  readonly sinceMs: number;
  /** Messages on the first day; one to several recipients of a domain counts once. */
  readonly perDay: number;
  /** Each day has so many times the messages of the one before. */
  readonly growth: number;
  /** The plan ends on the first day that would have so many. */
  readonly upTo: number;
  /** Percent of a day's messages that may go to one destination. */
  readonly perDestination: number;
}

/** What a plan says at a moment. */
export type WarmUpStage =
  /** Nothing leaves from the address before its first day. */
  | { readonly kind: 'not-begun' }
  | {
      readonly kind: 'warming';
      /** The first is 1. */
      readonly day: number;
      /** Messages of this day, in all and to one destination. */
      readonly today: number;
      readonly perDestination: number;
      /** Of those in all, the ones that may have left by now: each hour adds its part, so that no rush uses up the day. */
      readonly byNow: number;
    }
  /** The plan is over: the address is like any other. */
  | { readonly kind: 'warm' };

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** The stage of a plan; plans go by days and hours in UTC. */
export function stageOf(plan: WarmUpPlan, nowMs: number): WarmUpStage {
  const day = Math.floor((nowMs - plan.sinceMs) / dayMs);
  if (day < 0) return { kind: 'not-begun' };
  // Grows beyond all bounds within some hundred days, which compares as it should.
  const today = Math.floor(plan.perDay * plan.growth ** day);
  if (today >= plan.upTo) return { kind: 'warm' };
  const hours = Math.floor((nowMs % dayMs) / hourMs) + 1;
  return {
    ...{ kind: 'warming', day: day + 1, today },
    perDestination: Math.max(1, Math.floor((today * plan.perDestination) / 100)),
    byNow: Math.ceil((today * hours) / 24),
  };
}
