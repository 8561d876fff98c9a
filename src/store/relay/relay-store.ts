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

export interface RelayStore {
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
