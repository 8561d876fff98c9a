import type { Log } from '../base/log.ts';
import { mayPass } from '../base/resolver.ts';
import type { DnsFailure, Resolver } from '../base/resolver.ts';
import type { AddressParts, Directory } from '../directory/directory.ts';

/** `unknown`: the DNS could not tell now; nobody is refused for that. */
export type SenderDomainVerdict = 'fine' | 'missing' | 'null-mx' | 'unknown';

/** Could somebody write back to the sender of a message? */
export interface SenderDomains {
  /** Undefined when there is nothing to ask: one of our own domains, or a client whom the configuration exempts. */
  judge(sender: AddressParts, client: string): Promise<SenderDomainVerdict> | undefined;
}

export interface SenderDomainsOptions {
  readonly resolver: Pick<Resolver, 'mx' | 'addresses'>;
  readonly directory: Pick<Directory, 'lookupRecipient'>;
  readonly isExempt: (client: string) => boolean;
  readonly log: Log;
  readonly withinMs?: number;
}

/** For each of the two lookups: the client waits for its answer. */
const WITHIN_MS = 3000;

/**
 * A sender's domain must have an MX record or an address, and must not say that it takes no mail (RFC 7505 section 4.2).
 * spec/protocols.md section 1.4.
 */
export function createSenderDomains(options: SenderDomainsOptions): SenderDomains {
  const { directory, isExempt } = options;
  return {
    judge(sender, client) {
      if (isExempt(client) || directory.lookupRecipient(sender).kind !== 'unknown-domain') return undefined;
      return lookUp(options, sender.domain);
    },
  };
}

async function lookUp(options: SenderDomainsOptions, domain: string): Promise<SenderDomainVerdict> {
  const { resolver, withinMs = WITHIN_MS } = options;
  const mx = await resolver.mx(domain, { withinMs });
  if (mx.ok) return mx.value.records.every(({ exchange }) => exchange === '') ? 'null-mx' : 'fine';
  if (mx.error.kind !== 'no-data') return fromFailure(options, domain, mx.error);
  const addresses = await resolver.addresses(mx.error.name, { withinMs });
  return addresses.ok ? 'fine' : fromFailure(options, domain, addresses.error);
}

function fromFailure({ log }: SenderDomainsOptions, domain: string, failure: DnsFailure): SenderDomainVerdict {
  if (!mayPass(failure)) return 'missing';
  log.info('sender domain could not be looked up', { domain, failure: failure.kind });
  return 'unknown';
}
