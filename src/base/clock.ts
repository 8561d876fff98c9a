/** The time as an argument, so that decisions can be tested. Milliseconds since 1970, UTC. */
export interface Clock {
  now(): number;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() };
