import { toAsciiDomain } from '../base/domain-name.ts';
import { mayPass } from '../base/resolver.ts';
import type { DnsFailure, MxRecord, Resolver } from '../base/resolver.ts';
import { fail, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import { ipFamily } from '../net/ip-family.ts';
import { parseAddressLiteral } from '../wire/smtp/address-literal.ts';
import type { Verdict } from './verdict.ts';

/** A host that may take the mail. */
export interface MailHost {
  /** A-labels; of an address literal the address. */
  readonly name: string;
  /** Of an address literal; otherwise the DNS has them. */
  readonly addresses: readonly string[] | undefined;
}

/** Where mail for a domain goes. */
export interface NextHop {
  readonly domain: string;
  /** Where the CNAMEs of the domain lead. */
  readonly expanded: string;
  /** The DNS vouches for the hosts: MX records, or that there are none, with all CNAMEs on the way (RFC 7672 section 2.2.1). */
  readonly authentic: boolean;
  /** In the order in which they are tried; never empty. */
  readonly hosts: readonly MailHost[];
}

export interface HostSearch {
  readonly resolver: Resolver;
  /** Names under which this server itself receives mail. */
  readonly isOwnName: (name: string) => boolean;
  /** Shuffles hosts of equal preference; `Math.random`. */
  readonly random: () => number;
  readonly withinMs: number;
}

/** Hosts tried at most; the rest of a long list is left out. */
const maxHosts = 10;
/** As in the DNS, which allows more than host names have: underscores are in use. */
const exchangeName = /^[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_](?:[a-z0-9_-]{0,62}))*$/;

/**
 * The hosts for a domain or an address literal: MX by preference, or the domain itself. RFC 5321 section 5.1; a null MX is
 * final (RFC 7505), and so are hosts that lead back to us.
 */
export async function findHosts(domain: string, search: HostSearch): Promise<Result<NextHop, Verdict>> {
  if (domain.startsWith('[')) return literalHop(domain);
  const ascii = toAsciiDomain(domain);
  if (!ascii.ok) return fail({ result: 'failed', status: '5.1.2', text: 'the domain is not a domain name' });
  const name = ascii.value;
  if (search.isOwnName(name)) return fail(loop(name));
  const answer = await search.resolver.mx(name, { withinMs: search.withinMs });
  if (!answer.ok) return withoutMx(name, answer.error, search);
  const { records, authentic, name: expanded } = answer.value;
  const found = chooseExchanges(records, search);
  return found.ok ? ok({ domain: name, expanded, authentic, hosts: found.value }) : found;
}

function chooseExchanges(records: readonly MxRecord[], search: HostSearch): Result<readonly MailHost[], Verdict> {
  const hosts = records.filter(({ exchange }) => exchange !== '');
  if (hosts.length === 0) {
    return fail({ result: 'failed', status: '5.1.10', text: 'the domain says that it accepts no mail (null MX)' });
  }
  const named = hosts.filter(({ exchange }) => exchangeName.test(exchange) && ipFamily(exchange) === 0);
  if (named.length === 0) {
    return fail({ result: 'failed', status: '5.4.4', text: 'the MX records of the domain name no host' });
  }
  // Only hosts that are better than ourselves may be asked, or mail would go in circles. RFC 5321 section 5.1.
  const ours = named.filter(({ exchange }) => search.isOwnName(exchange)).map(({ preference }) => preference);
  const better = ours.length === 0 ? named : named.filter(({ preference }) => preference < Math.min(...ours));
  if (better.length === 0) return fail(loop('the MX records'));
  const shuffled = better
    .map((record) => ({ record, key: search.random() }))
    .toSorted((a, b) => a.record.preference - b.record.preference || a.key - b.key)
    .map(({ record }) => record.exchange);
  return ok([...new Set(shuffled)].slice(0, maxHosts).map((name) => ({ name, addresses: undefined })));
}

/** Without MX records the domain itself is the host, as long as it is sure that there are none. */
function withoutMx(domain: string, failure: DnsFailure, search: HostSearch): Result<NextHop, Verdict> {
  if (failure.kind === 'no-data') {
    const { name, authentic } = failure;
    if (search.isOwnName(name)) return fail(loop(name));
    return ok({ domain, expanded: name, authentic, hosts: [{ name, addresses: undefined }] });
  }
  if (failure.kind === 'no-such-domain') {
    return fail({ result: 'failed', status: '5.1.2', text: `the domain ${failure.name} does not exist` });
  }
  if (mayPass(failure)) {
    return fail({
      result: 'later',
      status: '4.4.3',
      text: `the MX records of ${domain} cannot be had: ${failure.kind}`,
    });
  }
  return fail({ result: 'failed', status: '5.1.2', text: 'the domain is not a name of the DNS' });
}

function literalHop(domain: string): Result<NextHop, Verdict> {
  const parsed = parseAddressLiteral(domain);
  const address = parsed.ok ? parsed.value.slice(1, -1).replace(/^IPv6:/, '') : '';
  if (ipFamily(address) === 0) {
    return fail({ result: 'failed', status: '5.1.2', text: 'the address literal is no IP address' });
  }
  const hosts = [{ name: address, addresses: [address] }];
  return ok({ domain, expanded: domain, authentic: false, hosts });
}

function loop(what: string): Verdict {
  return { result: 'failed', status: '5.4.6', text: `${what} would bring the mail back to this server` };
}
