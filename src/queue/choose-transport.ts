import type { AccountId } from '../store/ids.ts';
import type { QueueEntry } from './queued.ts';
import type { Transport } from './transport.ts';

/** A way for some of the mail (spec section 6.6). Empty lists fit everything. */
export interface Route {
  /** Domains of the header's From. `.example.org` is the domain itself and all below it. */
  readonly fromDomains: readonly string[];
  /** Domains of recipients, written likewise. */
  readonly toDomains: readonly string[];
  /** From so many tries on; so a route can be the way out when another does not work. */
  readonly minimumAttempts: number;
  readonly transport: Transport;
}

/** The routes that may count for an entry, the first ones first. */
export interface Routes {
  ofAccount(accountId: AccountId): readonly Route[];
  ofSenderDomain(domain: string): readonly Route[];
  readonly global: readonly Route[];
}

export const directTransport: Transport = { kind: 'direct', name: 'direct' };
export const localTransport: Transport = { kind: 'local', name: 'local' };

/** How an entry leaves, decided anew for each try: the first route that fits of account, sender domain and server; else direct. */
export function chooseTransport(
  entry: Pick<QueueEntry, 'domain' | 'attempts'> & {
    readonly message: Pick<QueueEntry['message'], 'accountId' | 'fromDomain'>;
  },
  routes: Routes,
): Transport {
  const { accountId, fromDomain } = entry.message;
  const lists = [
    accountId === undefined ? [] : routes.ofAccount(accountId),
    routes.ofSenderDomain(fromDomain),
    routes.global,
  ];
  for (const list of lists) {
    for (const route of list) {
      if (entry.attempts < route.minimumAttempts) continue;
      if (isListed(route.fromDomains, fromDomain) && isListed(route.toDomains, entry.domain)) return route.transport;
    }
  }
  return directTransport;
}

/** A domain is in a list; an empty list has all. */
export function isListed(list: readonly string[], domain: string): boolean {
  return list.length === 0 || list.some((listed) => fits(listed, domain));
}

function fits(listed: string, domain: string): boolean {
  return listed.startsWith('.') ? domain === listed.slice(1) || domain.endsWith(listed) : domain === listed;
}
