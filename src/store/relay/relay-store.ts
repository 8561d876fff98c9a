/** What deliveries to other hosts leave behind; `src/relay/` is what uses it. Facts are JSON of its own, not looked into here. */

/** The MTA-STS policy of a domain. RFC 8461. */
export interface StsPolicyRow {
  readonly domain: string;
  readonly facts: string;
  readonly fetchedAtMs: number;
  readonly usedAtMs: number;
}

/** How often sessions with the hosts of a domain ended in one way on one day. RFC 8460. */
export interface TlsResultRow {
  /** Days since 1970, UTC. */
  readonly day: number;
  readonly domain: string;
  /** Names the facts; rows of a day and domain with the same key are one, whose counts add up. */
  readonly key: string;
  readonly facts: string;
  readonly count: number;
}

/** What is to be kept, and what may go, in one commit. */
export interface RelayFacts {
  readonly policies?: readonly StsPolicyRow[];
  /** The counts are added to those that are there. */
  readonly results?: readonly TlsResultRow[];
  readonly forgetPoliciesUsedBeforeMs?: number;
  readonly forgetResultsBeforeDay?: number;
}

/** One message that is to leave from an address that warms up. */
export interface WarmUpWant {
  readonly ip: string;
  /** Days since 1970, UTC. */
  readonly day: number;
  readonly destination: string;
  /** Messages of the day, in all and to the destination. */
  readonly limit: number;
  readonly destinationLimit: number;
}

export type WarmUpTaken = 'taken' | 'all-used' | 'destination-used';

/** How many messages left on a day. */
export interface WarmUpRow {
  readonly ip: string;
  /** Undefined: to all destinations together. */
  readonly destination: string | undefined;
  readonly taken: number;
}

export interface RelayStore {
  /** Counts it unless it passes a limit; exact, whoever else asks at the same moment. */
  takeWarmUp(want: WarmUpWant): Promise<WarmUpTaken>;
  /** Of one day: all addresses, each with the destinations that got most. */
  warmUps(ips: readonly string[], day: number): Promise<readonly WarmUpRow[]>;
  keep(facts: RelayFacts): Promise<true>;
  policy(domain: string): Promise<StsPolicyRow | undefined>;
  /** Policies fetched before one moment and used since another, the oldest first. */
  duePolicies(fetchedBeforeMs: number, usedSinceMs: number, limit: number): Promise<readonly StsPolicyRow[]>;
  /** In the order of domains and keys, from after that one on. */
  tlsResults(
    day: number,
    page: { readonly after: { readonly domain: string; readonly key: string }; readonly limit: number },
  ): Promise<readonly TlsResultRow[]>;
}
