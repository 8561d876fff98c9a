import { allowsHost } from '../checks/mta-sts/policy.ts';
import type { MtaStsPolicy } from '../checks/mta-sts/policy.ts';

/** What the domain's MTA-STS says. RFC 8461. */
export type StsFacts =
  | { readonly kind: 'none' }
  /** It could not be learned whether there is a policy, and none is in the cache. */
  | { readonly kind: 'unknown'; readonly why: string }
  | { readonly kind: 'policy'; readonly policy: MtaStsPolicy };

export interface TlsQuestion {
  /** What the sender wants (RFC 8689). */
  readonly message: 'default' | 'required' | 'not-required';
  /** Name of the MX host, as the MX record has it. */
  readonly host: string;
  /** DNSSEC vouches for the name of the host. */
  readonly hopIsAuthentic: boolean;
  readonly dane: 'none' | 'usable' | 'unusable' | 'failed';
  readonly sts: StsFacts;
  /** After a handshake that failed the message may go in plain text. */
  readonly mayFallBack: boolean;
}

export type TlsDecision =
  | {
      readonly kind: 'connect';
      readonly tls: 'starttls' | 'opportunistic';
      readonly verify: 'none' | 'pkix' | 'dane';
      /** Reconnect in plain text after a handshake that failed. Only with `opportunistic`. */
      readonly fallback: boolean;
      /** Send REQUIRETLS, and only where it is offered. */
      readonly requireTls: boolean;
    }
  /** The host may not be used for this message. */
  | {
      readonly kind: 'skip';
      readonly why: 'dane-lookup' | 'sts-lookup' | 'sts-mismatch' | 'requiretls';
      readonly result: 'later' | 'failed';
      readonly status: string;
      readonly text: string;
    };

/**
 * What TLS has to be at one host: the table of spec section 6.5, from RFC 8461 section 4 and 5, RFC 7672 section 2.2 and RFC
 * 8689 section 4.2.1. Whoever can only suppress or forge unsigned answers gets no less than these ask for.
 */
export function decideTls(question: TlsQuestion): TlsDecision {
  const { message, host, dane, sts, mayFallBack } = question;
  const anybody = { kind: 'connect', verify: 'none', requireTls: false } as const;
  // The sender prefers delivery to secrecy, whatever the domain says. RFC 8689 section 5.
  if (message === 'not-required') return { ...anybody, tls: 'opportunistic', fallback: true };
  if (dane === 'failed') return skip('dane-lookup', 'later', '4.7.5', `the TLSA records of ${host} cannot be had`);
  const enforced = sts.kind === 'policy' && sts.policy.mode === 'enforce' ? sts.policy : undefined;
  if (enforced && !allowsHost(enforced, host)) {
    return skip('sts-mismatch', 'later', '4.7.5', `the MTA-STS policy of the domain does not allow the host ${host}`);
  }
  const requireTls = message === 'required';
  const verified = { kind: 'connect', tls: 'starttls', fallback: false, requireTls } as const;
  if (dane === 'usable') return { ...verified, verify: 'dane' };
  if (sts.kind === 'unknown') {
    return skip('sts-lookup', 'later', '4.7.5', `the MTA-STS policy of the domain cannot be had: ${sts.why}`);
  }
  if (enforced || (requireTls && question.hopIsAuthentic)) return { ...verified, verify: 'pkix' };
  if (requireTls) {
    return skip('requiretls', 'failed', '5.7.30', `nothing vouches for the host ${host}, as REQUIRETLS needs`);
  }
  if (dane === 'unusable') return { ...anybody, tls: 'starttls', fallback: false };
  return { ...anybody, tls: 'opportunistic', fallback: mayFallBack };
}

type Skip = Extract<TlsDecision, { kind: 'skip' }>;

function skip(why: Skip['why'], result: 'later' | 'failed', status: string, text: string): Skip {
  return { kind: 'skip', why, result, status, text };
}
