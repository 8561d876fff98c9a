import type { Result } from './result.ts';

/**
 * The seam between the DNS (`net/dns/`) and everyone who asks it. Names are given absolute, without the dot at the end,
 * in A-labels; labels may have underscores. Names in answers are in lower case without the dot; the root is ''.
 */

/** Where mail for a domain goes. RFC 5321 section 5.1; an exchange of '' is a null MX (RFC 7505). */
export interface MxRecord {
  readonly preference: number;
  readonly exchange: string;
}

/** A certificate association. RFC 6698 section 2.1. */
export interface TlsaRecord {
  readonly usage: number;
  readonly selector: number;
  readonly matchingType: number;
  readonly data: Uint8Array;
}

/** What the DNS has; never without records. */
export interface DnsAnswer<T> {
  readonly records: readonly T[];
  /** A trusted resolver has validated all of it, CNAMEs included (the AD bit, RFC 6840 section 5.8). */
  readonly authentic: boolean;
  /** How long it may be kept, in seconds from now: the least of all records on the way. */
  readonly ttlSeconds: number;
  /** The name that has the records: the one asked for, or where its CNAMEs lead. */
  readonly name: string;
}

export type DnsFailure =
  /** The name, or where its CNAMEs lead, is not there. `name` is the one that is missing. */
  | { readonly kind: 'no-such-domain'; readonly name: string; readonly authentic: boolean }
  /** `name`, where the CNAMEs lead, is there but has no record of this type. */
  | { readonly kind: 'no-data'; readonly name: string; readonly authentic: boolean }
  /** SERVFAIL and the like, such as signatures that are wrong; or no server could be reached. May pass. */
  | { readonly kind: 'server-failure' }
  /** May pass. */
  | { readonly kind: 'timeout' }
  /** Replies that cannot be read, or CNAMEs that go round in circles. May pass. */
  | { readonly kind: 'malformed' }
  /** No name of the DNS, or no IP address: nobody was asked. */
  | { readonly kind: 'bad-name' };

export interface LookupOptions {
  /** Answer `timeout` after this many milliseconds; the resolver has a limit of its own besides. */
  readonly withinMs?: number;
}

export type Lookup<T> = (name: string, options?: LookupOptions) => Promise<Result<DnsAnswer<T>, DnsFailure>>;

/** Typed lookups. They never throw, and may be answered from a cache. */
export interface Resolver {
  /** In order of preference; those of equal preference in the order of the reply. */
  readonly mx: Lookup<MxRecord>;
  /** The strings of a record joined without spaces (RFC 7208 section 3.3, RFC 6376 section 3.6.2.2), read as UTF-8. */
  readonly txt: Lookup<string>;
  readonly a: Lookup<string>;
  readonly aaaa: Lookup<string>;
  /**
   * IPv6 first, then IPv4. When one family cannot be had for a reason that may pass, the other is the answer. Authentic
   * when every reply was, also that there is nothing of one family.
   */
  readonly addresses: Lookup<string>;
  /** The one name that this one is an alias of, one step. RFC 1034 section 3.6.2. */
  readonly cname: Lookup<string>;
  readonly tlsa: Lookup<TlsaRecord>;
  /** Names of an IP address. RFC 1035 section 3.5, RFC 3596 section 2.5. */
  readonly ptr: Lookup<string>;
}

/** Nothing but the passing of time may change this: the same question may have an answer later. */
export function mayPass(failure: DnsFailure): boolean {
  return failure.kind === 'server-failure' || failure.kind === 'timeout' || failure.kind === 'malformed';
}
