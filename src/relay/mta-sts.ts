import { mayPass } from '../base/resolver.ts';
import type { Resolver } from '../base/resolver.ts';
import type { Result } from '../base/result.ts';
import { parsePolicy } from '../checks/mta-sts/policy.ts';
import type { MtaStsPolicy } from '../checks/mta-sts/policy.ts';
import { findPolicyId } from '../checks/mta-sts/txt-record.ts';
import type { HttpsTextFailure } from '../net/https-text.ts';
import type { StsFacts } from './tls-policy.ts';
import type { TlsReporter, TlsResultType } from './tls-report.ts';

/** One policy as it is kept: it stays in force for its `max_age`, whatever an attacker makes of the DNS meanwhile. */
export interface StsRecord {
  readonly domain: string;
  /** Of the TXT record at the time. */
  readonly policyId: string;
  readonly policy: MtaStsPolicy;
  readonly fetchedAtMs: number;
  readonly usedAtMs: number;
}

/** Where policies outlive this process. */
export interface StsMemory {
  load(domain: string): Promise<StsRecord | undefined>;
  save(record: StsRecord): Promise<void>;
  /** Policies fetched before `fetchedBeforeMs` and used since `usedSinceMs`; at most `limit`. */
  due(fetchedBeforeMs: number, usedSinceMs: number, limit: number): Promise<readonly StsRecord[]>;
  /** Forgets those that nobody used since. */
  forget(usedBeforeMs: number): Promise<void>;
}

export interface MtaStsOptions {
  readonly resolver: Resolver;
  readonly memory: StsMemory;
  readonly reporter: TlsReporter;
  /** The text of `https://mta-sts.DOMAIN/.well-known/mta-sts.txt`. */
  readonly fetchPolicy: (host: string) => Promise<Result<string, HttpsTextFailure>>;
  readonly now: () => number;
}

const hour = 3_600_000;
const day = 24 * hour;
const lookupMs = 30_000;
/** After a policy could not be had, nobody asks for it so long. */
const backoffMs = 5 * 60_000;
const maxBackoffs = 10_000;
/** So often the time of the last use is written down, at most. */
const touchMs = day;
const refreshAfterMs = 12 * hour;
const unusedMs = 180 * day;

/** The policies of recipient domains: RFC 8461 sections 3.3 and 5.1, spec section 6.5. */
export class MtaSts {
  readonly #options: MtaStsOptions;
  /** Domain to the time until which nobody asks again. */
  readonly #backoff = new Map<string, number>();
  readonly #underWay = new Map<string, Promise<StsFacts>>();

  constructor(options: MtaStsOptions) {
    this.#options = options;
  }

  /** The policy in force for a domain in A-labels. Those who ask at the same time share one lookup. Rejects when the memory does. */
  policyFor(domain: string): Promise<StsFacts> {
    const before = this.#underWay.get(domain);
    if (before) return before;
    const asked = this.#find(domain).finally(() => this.#underWay.delete(domain));
    this.#underWay.set(domain, asked);
    return asked;
  }

  /** Fetches policies again that are in use and were not looked at for half a day; forgets those that nobody uses. */
  async refresh(limit = 1000): Promise<void> {
    const { memory, now } = this.#options;
    await memory.forget(now() - unusedMs);
    for (const record of await memory.due(now() - refreshAfterMs, now() - unusedMs, limit)) {
      const id = await this.#policyId(record.domain);
      await this.#fetch(record.domain, typeof id === 'string' ? id : record.policyId, record.usedAtMs);
    }
  }

  async #find(domain: string): Promise<StsFacts> {
    const { memory, now } = this.#options;
    const kept = await memory.load(domain);
    const valid = kept && kept.fetchedAtMs + kept.policy.maxAgeSeconds * 1000 > now() ? kept : undefined;
    const id = await this.#policyId(domain);
    const isNew = typeof id === 'string' && (!valid || valid.policyId !== id);
    const fetched = isNew && !this.#isBackingOff(domain) ? await this.#fetch(domain, id, now()) : undefined;
    if (fetched) return { kind: 'policy', policy: fetched };
    if (valid) {
      // A policy stays in force although it can no longer be found or fetched. RFC 8461 section 3.3.
      if (now() - valid.usedAtMs > touchMs) await memory.save({ ...valid, usedAtMs: now() });
      return { kind: 'policy', policy: valid.policy };
    }
    if (typeof id === 'object') return { kind: 'unknown', why: id.why };
    // One that cannot be fetched, and never was, is none: RFC 8461 section 3.3.
    return { kind: 'none' };
  }

  /** Undefined: the domain has no policy. */
  async #policyId(domain: string): Promise<string | undefined | { readonly why: string }> {
    const answer = await this.#options.resolver.txt(`_mta-sts.${domain}`, { withinMs: lookupMs });
    if (answer.ok) return findPolicyId(answer.value.records);
    return mayPass(answer.error) ? { why: answer.error.kind } : undefined;
  }

  async #fetch(domain: string, policyId: string, usedAtMs: number): Promise<MtaStsPolicy | undefined> {
    const { fetchPolicy, memory, now } = this.#options;
    const text = await fetchPolicy(`mta-sts.${domain}`);
    if (!text.ok) {
      const isCertificate = text.error.kind === 'certificate';
      return this.#failed(domain, isCertificate ? 'sts-webpki-invalid' : 'sts-policy-fetch-error', text.error.text);
    }
    const policy = parsePolicy(text.value);
    if (!policy.ok) return this.#failed(domain, 'sts-policy-invalid', `expected ${policy.error.expected}`);
    this.#backoff.delete(domain);
    await memory.save({ domain, policyId, policy: policy.value, fetchedAtMs: now(), usedAtMs });
    return policy.value;
  }

  #failed(domain: string, result: TlsResultType, reason: string): undefined {
    const oldest = this.#backoff.keys().next();
    if (this.#backoff.size >= maxBackoffs && !oldest.done) this.#backoff.delete(oldest.value);
    this.#backoff.set(domain, this.#options.now() + backoffMs);
    const policy = { policyType: 'sts', policyDomain: domain, policyString: [], mxPatterns: [] } as const;
    const host = { receivingMx: '', receivingIp: undefined };
    this.#options.reporter.record({ recipientDomain: domain, ...policy, ...host, result, reason });
  }

  #isBackingOff(domain: string): boolean {
    return (this.#backoff.get(domain) ?? 0) > this.#options.now();
  }
}
