import { mayPass } from '../base/resolver.ts';
import type { DnsAnswer, Resolver, TlsaRecord } from '../base/resolver.ts';
import { fail, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import { usableRecords } from '../checks/dane/usable-records.ts';
import { ipFamily } from '../net/ip-family.ts';
import type { MailHost, NextHop } from './find-hosts.ts';
import type { Verdict } from './verdict.ts';

/** What DNSSEC says of the certificate of a host. */
export type DaneFacts =
  /** Nothing that could be believed. */
  | { readonly kind: 'none' }
  /** `usable` is empty when no record can be used: then TLS is needed, of anybody. `base`: TLSA base domain. */
  | {
      readonly kind: 'records';
      readonly base: string;
      readonly all: readonly TlsaRecord[];
      readonly usable: readonly TlsaRecord[];
    }
  /** It could not be learned: the host may not be used now, or an attacker who suppresses answers would win. */
  | { readonly kind: 'failed'; readonly why: string };

export interface HostFacts {
  /** At least one. */
  readonly addresses: readonly string[];
  readonly dane: DaneFacts;
}

export interface AddressSearch {
  readonly resolver: Resolver;
  readonly families: 'ipv4' | 'ipv6' | 'both';
  /** Port of the TLSA name, `_25._tcp.`. */
  readonly port: number;
  readonly withinMs: number;
  /** The message does not care (TLS-Required: No), so a failure of TLSA must not matter. */
  readonly skipDane: boolean;
}

const none: DaneFacts = { kind: 'none' };

/** The addresses of a host of a next hop, and its TLSA records. RFC 5321 section 5.1, RFC 7672 section 2.2.2. */
export async function findAddresses(
  hop: NextHop,
  host: MailHost,
  search: AddressSearch,
): Promise<Result<HostFacts, Verdict>> {
  const { resolver, families, withinMs } = search;
  if (host.addresses) {
    const addresses = ofFamilies(host.addresses, families);
    return addresses.length > 0 ? ok({ addresses, dane: none }) : fail(noAddress(host.name, families));
  }
  const answer = await resolver.addresses(host.name, { withinMs });
  if (!answer.ok) {
    const { error } = answer;
    if (!mayPass(error)) return fail(noAddress(host.name, 'both'));
    return fail({
      result: 'later',
      status: '4.4.3',
      text: `the addresses of ${host.name} cannot be had: ${error.kind}`,
    });
  }
  const addresses = ofFamilies(answer.value.records, families);
  if (addresses.length === 0) return fail(noAddress(host.name, families));
  const dane = hop.authentic && !search.skipDane ? await findDane(host.name, answer.value, search) : none;
  return ok({ addresses, dane });
}

function ofFamilies(addresses: readonly string[], families: 'ipv4' | 'ipv6' | 'both'): readonly string[] {
  const wanted = families === 'ipv4' ? 4 : 6;
  return families === 'both' ? addresses : addresses.filter((address) => ipFamily(address) === wanted);
}

/** A host without addresses may get some: another host may do, and the domain may be mended. */
function noAddress(host: string, families: 'ipv4' | 'ipv6' | 'both'): Verdict {
  const kind = families === 'both' ? '' : families === 'ipv4' ? ' IPv4' : ' IPv6';
  return { result: 'failed', status: '5.4.4', text: `${host} has no${kind} address` };
}

async function findDane(host: string, answer: DnsAnswer<string>, search: AddressSearch): Promise<DaneFacts> {
  const { resolver, port, withinMs } = search;
  const bases = await baseDomains(host, answer, search);
  if (typeof bases === 'string') return { kind: 'failed', why: bases };
  for (const base of bases) {
    const found = await resolver.tlsa(`_${port}._tcp.${base}`, { withinMs });
    if (found.ok && found.value.authentic && found.value.records.length > 0) {
      const all = found.value.records;
      return { kind: 'records', base, all, usable: usableRecords(all) };
    }
    if (!found.ok && mayPass(found.error)) return { kind: 'failed', why: `TLSA of ${base}: ${found.error.kind}` };
  }
  return none;
}

/**
 * Where TLSA records may be: the end of the CNAMEs, then the name itself; only the name when the way beyond it is not
 * signed; none without DNSSEC, where some servers do not even answer. RFC 7672 section 2.2.2. A string is a failure.
 */
async function baseDomains(
  host: string,
  answer: DnsAnswer<string>,
  { resolver, withinMs }: AddressSearch,
): Promise<readonly string[] | string> {
  if (answer.authentic) return [...new Set([answer.name, host])];
  if (answer.name === host) return [];
  const alias = await resolver.cname(host, { withinMs });
  if (alias.ok) return alias.value.authentic ? [host] : [];
  return mayPass(alias.error) ? `CNAME of ${host}: ${alias.error.kind}` : [];
}
