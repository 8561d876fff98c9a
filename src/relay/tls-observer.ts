import type { ServerCertificate, SmtpError, VerifyServer } from '../clients/smtp/smtp-client.ts';
import { matchChain } from '../checks/dane/match-chain.ts';
import type { DaneMatch } from '../checks/dane/match-chain.ts';
import { allowsHost } from '../checks/mta-sts/policy.ts';
import type { DaneFacts } from './find-addresses.ts';
import type { NextHop } from './find-hosts.ts';
import type { StsFacts, TlsDecision } from './tls-policy.ts';
import { resultOfPkixFault } from './tls-report.ts';
import type { TlsFact, TlsResultType } from './tls-report.ts';

/** One address of one host that is about to be connected to. */
export interface TlsTarget {
  readonly hop: NextHop;
  readonly host: string;
  readonly address: string;
  readonly dane: DaneFacts;
  readonly sts: StsFacts;
  readonly decision: Extract<TlsDecision, { kind: 'connect' }>;
}

/** The name for SNI and for the check: with DANE the TLSA base domain (RFC 7672 section 8.1). */
export function serverNameOf({ host, dane, decision }: TlsTarget): string {
  return decision.verify === 'dane' && dane.kind === 'records' ? dane.base : host;
}

/** Looks at the certificate of one session as the decision asks, and remembers what all policies would have said. */
export class TlsObserver {
  readonly #target: TlsTarget;
  readonly #now: () => number;
  #shown: { readonly dane: DaneMatch | undefined; readonly pkixFault: string | undefined } | undefined;

  constructor(target: TlsTarget, now: () => number) {
    this.#target = target;
    this.#now = now;
  }

  readonly verify: VerifyServer = (shown) => {
    const { decision } = this.#target;
    const dane = this.#matchDane(shown);
    this.#shown = { dane, pkixFault: shown.pkixFault };
    if (decision.verify === 'pkix') return shown.pkixFault;
    if (decision.verify === 'dane') return dane?.kind === 'matched' ? undefined : `DANE: ${dane?.why ?? 'no record'}`;
    return undefined;
  };

  #matchDane({ chain }: ServerCertificate): DaneMatch | undefined {
    const { dane, hop, host } = this.#target;
    if (dane.kind !== 'records' || dane.usable.length === 0) return undefined;
    // RFC 7672 section 3.2.2: next hop, its expansion, the host and the base domain.
    const names = [...new Set([dane.base, host, hop.domain, hop.expanded])];
    return matchChain({ records: dane.usable, chain, names, nowMs: this.#now() });
  }

  /** For the story of an attempt. */
  get verdict(): string {
    const shown = this.#shown;
    if (!shown) return 'not encrypted';
    const { verify } = this.#target.decision;
    if (verify === 'dane') {
      const { dane } = shown;
      if (dane?.kind !== 'matched') return `DANE: ${dane?.why ?? 'no record'}`;
      return dane.record.usage === 3 ? 'DANE-EE matched' : 'DANE-TA matched';
    }
    if (verify === 'pkix') return shown.pkixFault === undefined ? 'verified' : `not valid: ${shown.pkixFault}`;
    return shown.pkixFault === undefined ? 'not asked for, valid' : `not asked for (${shown.pkixFault})`;
  }

  /**
   * One fact for each policy of the domain, for TLS reports. `error`: why there is no session; undefined: there is one,
   * with TLS or without. Nothing when it never came to TLS.
   */
  facts(error: SmtpError | undefined): readonly TlsFact[] {
    const isTold = this.#shown !== undefined || error === undefined || error.step === 'STARTTLS';
    if (!isTold || this.#target.hop.domain.startsWith('[')) return [];
    const { hop, dane, sts } = this.#target;
    const facts: TlsFact[] = [];
    if (dane.kind === 'records') {
      const policyString = dane.all.slice(0, 20).map(printTlsa);
      facts.push(this.#fact('tlsa', dane.base, { policyString }, this.#daneResult(error)));
    }
    if (sts.kind === 'policy' && sts.policy.mode !== 'none') {
      const { mode, mx, maxAgeSeconds } = sts.policy;
      const patterns = mx.slice(0, 100);
      const lines = ['version: STSv1', `mode: ${mode}`, ...patterns.map((each) => `mx: ${each}`)];
      const policy = { policyString: [...lines, `max_age: ${maxAgeSeconds}`], mxPatterns: patterns };
      facts.push(this.#fact('sts', hop.domain, policy, this.#stsResult(error)));
    }
    if (facts.length === 0) facts.push(this.#fact('no-policy-found', hop.domain, {}, this.#withoutPolicy(error)));
    return facts;
  }

  #fact(
    policyType: TlsFact['policyType'],
    policyDomain: string,
    policy: Partial<Pick<TlsFact, 'policyString' | 'mxPatterns'>>,
    [result, reason]: Result,
  ): TlsFact {
    const { hop, host, address } = this.#target;
    const { policyString = [], mxPatterns = [] } = policy;
    return {
      recipientDomain: hop.domain,
      ...{ policyType, policyDomain, policyString, mxPatterns, result, reason: reason?.slice(0, 200) },
      receivingMx: host,
      receivingIp: address,
    };
  }

  #daneResult(error: SmtpError | undefined): Result {
    const { dane } = this.#target;
    if (dane.kind === 'records' && dane.usable.length === 0) return ['tlsa-invalid', 'all-unusable-records+ignored'];
    const match = this.#shown?.dane;
    if (!match) return this.#withoutPolicy(error);
    return match.kind === 'matched' ? ['success', undefined] : [match.why, undefined];
  }

  #stsResult(error: SmtpError | undefined): Result {
    const shown = this.#shown;
    const { sts, host } = this.#target;
    // Where the policy is enforced it does not come to this.
    const isAllowed = sts.kind !== 'policy' || allowsHost(sts.policy, host);
    if (!isAllowed) return ['validation-failure', 'mtasts-policy-mx-mismatch'];
    if (!shown) return this.#withoutPolicy(error);
    // Under DANE another name was asked for, so what the check of the name said is of no use.
    const { pkixFault } = shown;
    return pkixFault === undefined ? ['success', undefined] : [resultOfPkixFault(pkixFault), pkixFault];
  }

  #withoutPolicy(error: SmtpError | undefined): Result {
    if (this.#shown) return ['success', undefined];
    if (!error || error.fault === 'unsupported' || error.reply) return ['starttls-not-supported', undefined];
    return ['validation-failure', error.message];
  }
}

type Result = readonly [TlsResultType, string | undefined];

function printTlsa(record: { usage: number; selector: number; matchingType: number; data: Uint8Array }): string {
  const { usage, selector, matchingType, data } = record;
  return `${usage} ${selector} ${matchingType} ${Buffer.from(data.subarray(0, 512)).toString('hex')}`;
}
