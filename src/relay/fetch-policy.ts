import type { Resolver } from '../base/resolver.ts';
import { fail } from '../base/result.ts';
import { getHttpsText } from '../net/https-text.ts';
import type { MtaStsOptions } from './mta-sts.ts';

export interface PolicyFetching {
  readonly resolver: Resolver;
  /** 443, but for tests. */
  readonly port: number;
  readonly ca: string | undefined;
}

const maxBytes = 64 * 1024;
const timeoutMs = 60_000;

/** Fetches policies as RFC 8461 section 3.3 wants: a valid certificate, no redirects, `text/plain`, a minute, 64 KiB. */
export function policyFetcher({ resolver, port, ca }: PolicyFetching): MtaStsOptions['fetchPolicy'] {
  return async (host) => {
    const found = await resolver.addresses(host, { withinMs: timeoutMs });
    if (!found.ok) return fail({ kind: 'connection', text: `the address of ${host}: ${found.error.kind}` });
    const addresses = found.value.records;
    return getHttpsText({ host, addresses, port, path: '/.well-known/mta-sts.txt', maxBytes, timeoutMs, ca });
  };
}
