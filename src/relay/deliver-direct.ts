import { SmtpError } from '../clients/smtp/smtp-client.ts';
import type { SmtpClientOptions } from '../clients/smtp/smtp-client.ts';
import type { Attempt } from './attempt.ts';
import type { RelayConnection } from './connection-pool.ts';
import { findAddresses } from './find-addresses.ts';
import type { HostFacts } from './find-addresses.ts';
import { findHosts } from './find-hosts.ts';
import type { MailHost, NextHop } from './find-hosts.ts';
import { judgeFailure } from './judge-failure.ts';
import type { Scope } from './judge-failure.ts';
import { connectionKey, openConnection } from './open-connection.ts';
import type { Dialing } from './open-connection.ts';
import { orderAddresses } from './order-addresses.ts';
import type { RelayContext } from './relay-context.ts';
import { sendBatch } from './send-batch.ts';
import type { SendEnd } from './send-batch.ts';
import type { HostLog } from './host-log.ts';
import type { Source } from './sources/source-addresses.ts';
import type { TlsTarget } from './tls-observer.ts';
import { decideTls } from './tls-policy.ts';
import type { StsFacts, TlsDecision } from './tls-policy.ts';

/** How MX hosts are reached. */
export interface Route {
  readonly families: 'ipv4' | 'ipv6' | 'both';
  readonly ehloName: string;
  readonly proxy: SmtpClientOptions['proxy'];
}

/** Connecting to all addresses of a host together takes about so long at most. */
const connectMs = 30_000;
/** Connections to one address for one batch: each takes as many recipients as the host allows. */
const maxConnections = 20;

/** To the MX hosts of the domain, one after another, until each entry has an answer. RFC 5321 section 5.1. */
export async function deliverDirect(context: RelayContext, attempt: Attempt, route: Route): Promise<void> {
  const domain = attempt.batch.entries[0]?.domain ?? '';
  const { resolver, isOwnName, random, lookupMs } = context;
  const hop = await findHosts(domain, { resolver, isOwnName, random, withinMs: lookupMs });
  if (!hop.ok) {
    attempt.noteAll(hop.error);
    return attempt.finish();
  }
  const sts = await stsOf(context, attempt, domain);
  const sourceFor = route.proxy === undefined ? sourceChooser(context, attempt, domain) : noSource;
  for (const host of hop.value.hosts) {
    if (attempt.isOver || attempt.isLate) break;
    const end = await tryHost({ context, attempt, route, hop: hop.value, host, sts, sourceFor });
    if (end === 'over') break;
  }
  await attempt.finish();
}

async function stsOf({ sts }: RelayContext, { batch }: Attempt, domain: string): Promise<StsFacts> {
  const isWanted = batch.message.tls !== 'not-required' && !domain.startsWith('[');
  return isWanted ? sts.policyFor(domain) : { kind: 'none' };
}

/** Once for each family: all hosts that a batch meets see the same of our addresses. */
type ChooseSource = (address: string) => Promise<Source | 'used-up' | undefined>;

const noSource: ChooseSource = () => Promise.resolve(undefined);

function sourceChooser({ sources }: RelayContext, attempt: Attempt, destination: string): ChooseSource {
  const chosen = new Map<4 | 6, ReturnType<ChooseSource>>();
  return (address) => {
    const family = address.includes(':') ? 6 : 4;
    let source = chosen.get(family);
    if (source === undefined) {
      const met = attempt.stories.flatMap(({ hosts }) => hosts.map(({ from }) => from));
      const before = met.findLast((from) => from !== undefined && (from.includes(':') ? 6 : 4) === family);
      source = sources.choose({ family, destination, before });
      chosen.set(family, source);
    }
    return source;
  };
}

interface HostTry {
  readonly context: RelayContext;
  readonly attempt: Attempt;
  readonly route: Route;
  readonly hop: NextHop;
  readonly host: MailHost;
  readonly sts: StsFacts;
  readonly sourceFor: ChooseSource;
}

/** `over`: no other host may be asked; otherwise the entries that are still open go to the next. */
async function tryHost(hostTry: HostTry): Promise<'over' | 'next'> {
  const { context, attempt, route, hop, host } = hostTry;
  const { resolver, port, lookupMs: withinMs } = context;
  const skipDane = attempt.batch.message.tls === 'not-required';
  const search = { resolver, families: route.families, port, withinMs, skipDane };
  const found = await findAddresses(hop, host, search);
  if (!found.ok) return give(attempt, host.name, found.error);
  const { addresses, dane } = found.value;
  if (addresses.some((address) => context.isOwnAddress(address))) {
    // What comes after a host that we are ourselves is not for us to use. RFC 5321 section 5.1.
    const text = `the host ${host.name} is this server`;
    give(attempt, host.name, { result: 'failed', status: '5.4.6', text });
    return 'over';
  }
  const decision = decide(hostTry, found.value);
  if (decision.kind === 'skip') {
    reportSkip(hostTry, found.value, decision);
    return give(attempt, host.name, decision);
  }
  const ordered = orderAddresses(addresses, host.name, attempt.stories);
  const isFirstMeeting =
    isDualStack(addresses) && !attempt.stories.some(({ hosts }) => hosts.some((each) => each.host === host.name));
  for (const address of ordered) {
    if (attempt.isOver || attempt.isLate) return 'over';
    const target: TlsTarget = { hop, host: host.name, address, dane, sts: hostTry.sts, decision };
    const source = await hostTry.sourceFor(address);
    if (source === 'used-up') {
      noteUsedUp(attempt, host.name, address);
      continue;
    }
    const share = Math.max(5000, Math.floor(connectMs / ordered.length));
    const scope = await tryAddress({ context, attempt, route, target, source, connectMs: share, isFirstMeeting });
    if (scope === 'over') return 'over';
    if (scope === 'host') return 'next';
  }
  return 'next';
}

function noteUsedUp(attempt: Attempt, host: string, address: string): void {
  const text = 'the addresses that mail leaves from have sent what they may for now (warm-up)';
  attempt.host(host, address).add(text);
  attempt.noteAll({ result: 'later', status: '4.7.0', text });
}

function give(
  attempt: Attempt,
  host: string,
  verdict: { result: 'later' | 'failed'; status: string; text: string },
): 'next' {
  const { result, status, text } = verdict;
  attempt.host(host, undefined).add(text);
  attempt.noteAll({ result, status, text });
  return 'next';
}

function decide({ attempt, hop, host, sts }: HostTry, { dane }: HostFacts): TlsDecision {
  const { message, entries } = attempt.batch;
  // A notification is told even where the message itself could not have gone. RFC 8689 section 4.2.1.
  const isBounce = entries[0]?.returnPath === '';
  return decideTls({
    message: message.tls === 'required' && isBounce ? 'default' : message.tls,
    host: host.name,
    hopIsAuthentic: hop.authentic,
    dane: dane.kind === 'records' ? (dane.usable.length > 0 ? 'usable' : 'unusable') : dane.kind,
    sts,
    mayFallBack: message.kind !== 'report',
  });
}

function isDualStack(addresses: readonly string[]): boolean {
  return addresses.some((address) => address.includes(':')) && addresses.some((address) => !address.includes(':'));
}

/** Hosts that a policy forbids are what TLS reports are for. */
function reportSkip({ context, hop, host, sts }: HostTry, facts: HostFacts, decision: TlsDecision): void {
  if (decision.kind !== 'skip') return;
  const common = { recipientDomain: hop.domain, receivingMx: host.name, receivingIp: undefined, policyString: [] };
  if (decision.why === 'sts-mismatch' && sts.kind === 'policy') {
    const reason = 'mtasts-policy-mx-mismatch';
    const policy = { policyType: 'sts', policyDomain: hop.domain, mxPatterns: sts.policy.mx } as const;
    context.reporter.record({ ...common, ...policy, result: 'validation-failure', reason });
  }
  if (decision.why === 'dane-lookup' && facts.dane.kind === 'failed') {
    const policy = { policyType: 'tlsa', policyDomain: host.name, mxPatterns: [] } as const;
    context.reporter.record({ ...common, ...policy, result: 'dnssec-invalid', reason: facts.dane.why });
  }
}

interface AddressTry {
  readonly context: RelayContext;
  readonly attempt: Attempt;
  readonly route: Route;
  readonly target: TlsTarget;
  readonly source: Source | undefined;
  readonly connectMs: number;
  readonly isFirstMeeting: boolean;
}

/** Sends what is open to one address, over as many connections as it needs. */
async function tryAddress(addressTry: AddressTry): Promise<Scope> {
  const { context, attempt, route, target, source, isFirstMeeting } = addressTry;
  const ehloName = source?.ehloName ?? route.ehloName;
  const { proxy } = route;
  const { connectMs: dialMs } = addressTry;
  const dialing: Dialing = { connectMs: dialMs, ehloName, proxy, from: source?.ip, signal: attempt.signal };
  const log = attempt.host(target.host, target.address);
  log.from = source?.ip;
  const domain = attempt.batch.entries[0]?.domain ?? '';
  let mayReuse = true;
  for (let count = 0; count < maxConnections && !attempt.isOver; count++) {
    const kept: RelayConnection | undefined = mayReuse
      ? context.pool.take(connectionKey(target, dialing), domain)
      : undefined;
    const connection: RelayConnection | Scope = kept ?? (await connectTo(addressTry, dialing, log));
    if (typeof connection === 'string') return connection;
    if (kept) [log.tls, log.verdict] = [kept.tls, kept.verdict];
    const canGoOn = (): boolean => context.pool.canTake(connection, domain);
    const end: SendEnd = await context.pool.lend(connection, (): Promise<SendEnd> =>
      sendBatch({ attempt, connection, log, host: target.host, isFirstMeeting, canGoOn }),
    );
    if (end !== 'full' && end !== 'stale') return end === 'done' ? 'host' : end;
    mayReuse = end !== 'stale';
  }
  return 'host';
}

async function connectTo(
  { context, attempt, target, isFirstMeeting }: AddressTry,
  dialing: Dialing,
  log: HostLog,
): Promise<RelayConnection | Scope> {
  try {
    return await openConnection(context, target, dialing, log);
  } catch (error) {
    if (!(error instanceof SmtpError)) throw error;
    log.add(error.message);
    const { verdict, scope } = judgeFailure(error, target.host, isFirstMeeting);
    attempt.noteAll(verdict);
    // A host that says no for good has spoken for the others.
    if (scope === 'over') await attempt.settle(new Map([...attempt.open.keys()].map((id) => [id, verdict])));
    return scope;
  }
}
