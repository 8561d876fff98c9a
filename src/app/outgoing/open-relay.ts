/** The courier to other hosts, with all that it needs of this server. */
import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Resolver } from '../../base/resolver.ts';
import { toPlainAddress } from '../../net/address-class.ts';
import { policyFetcher } from '../../relay/fetch-policy.ts';
import { MtaSts } from '../../relay/mta-sts.ts';
import { createRelay } from '../../relay/relay.ts';
import type { Relay } from '../../relay/relay.ts';
import { SourceAddresses } from '../../relay/sources/source-addresses.ts';
import type { Source } from '../../relay/sources/source-addresses.ts';
import { TlsResultCounter } from '../../relay/tls-result-counter.ts';
import type { Store } from '../../store/store.ts';
import type { SourceConfig } from '../config/outgoing-schema.ts';
import { stsMemory } from './sts-memory.ts';

export interface RelayParts {
  readonly hostname: string;
  /** Where mail comes in. */
  readonly listeners: readonly SmtpListener[];
  /** Of MX hosts: 25, but for tests. */
  readonly port: number;
  /** Of the web servers with MTA-STS policies: 443, but for tests. */
  readonly policyPort: number;
  /** Addresses that mail leaves from. */
  readonly sources: readonly SourceConfig[];
  /** PEM of the authorities to trust in place of those that Node knows. */
  readonly ca: string | undefined;
  readonly store: Store;
  readonly resolver: Resolver;
  readonly clock: Clock;
  readonly log: Log;
}

interface SmtpListener {
  readonly ip: string;
  readonly smtp?: number | undefined;
}

const hour = 3_600_000;
/** Once a day all policies in use are looked at again; each round takes a part of them. */
const refreshMs = 3 * hour;
const lookupMs = 30_000;

/** `close` ends idle connections and keeps what was counted. */
export function openRelay(parts: RelayParts): Relay {
  const { hostname, port, policyPort, ca, store, resolver, clock, log } = parts;
  const now = (): number => clock.now();
  const reporter = new TlsResultCounter({
    memory: { add: (results, before) => store.relay.keep({ results, forgetResultsBeforeDay: before }) },
    ...{ now, log },
  });
  const fetchPolicy = policyFetcher({ resolver, port: policyPort, ca });
  const sts = new MtaSts({ resolver, memory: stsMemory(store.relay), reporter, fetchPolicy, now });
  const refresh = setInterval(() => {
    sts.refresh().catch((error: unknown) => log.error('MTA-STS policies could not be refreshed', {}, error));
  }, refreshMs);
  refresh.unref();
  const relay = createRelay({
    ...{ resolver, sts, reporter, ehloName: hostname, port, ca, now, log, lookupMs, timeouts: {} },
    readToken: (file) => readFile(file, 'utf8'),
    isOwnName: (name) => name === hostname,
    isOwnAddress: (address) => isOwnAddress(parts, address),
    sources: new SourceAddresses(sourcesOf(parts), { take: (want) => store.relay.takeWarmUp(want) }, now),
    random: Math.random,
  });
  return {
    ...relay,
    async close() {
      clearInterval(refresh);
      await relay.close();
      await reporter.flush();
    },
  };
}

/**
 * The addresses that mail leaves from. A family for which none is named has the one that mail comes in on, where a listener
 * names one: its reverse DNS is the right one.
 */
export function sourcesOf({ listeners, sources }: Pick<RelayParts, 'listeners' | 'sources'>): readonly Source[] {
  const named = sources.map(({ ip, ehlo, warmUp }): Source => ({
    ...{ ip, ehloName: ehlo },
    warmUp: warmUp && { sinceMs: warmUp.since, ...warmUp },
  }));
  const usual = usualAddresses(listeners).filter(
    (ip) => !named.some((each) => each.ip.includes(':') === ip.includes(':')),
  );
  return [...named, ...usual.map((ip): Source => ({ ip, ehloName: undefined, warmUp: undefined }))];
}

/** At most one of each family. */
function usualAddresses(listeners: readonly SmtpListener[]): readonly string[] {
  const named = listeners
    .filter(({ smtp }) => smtp !== undefined)
    .map(({ ip }) => ip)
    .filter((ip) => ip !== '0.0.0.0' && ip !== '::' && ip !== '::1' && !ip.startsWith('127.'));
  return [named.find((ip) => !ip.includes(':')), named.find((ip) => ip.includes(':'))].filter((ip) => ip !== undefined);
}

/** Whether one of our listeners would answer at that address, on the port of MX hosts. */
export function isOwnAddress({ listeners, port }: Pick<RelayParts, 'listeners' | 'port'>, address: string): boolean {
  const plain = toPlainAddress(address);
  // Whoever connects to these reaches itself.
  const isNowhere = plain === '0.0.0.0' || plain === '::';
  const ours = (): boolean =>
    plain.startsWith('127.') ||
    Object.values(networkInterfaces()).some((list) => list?.some((each) => each.address === plain));
  return listeners.some(({ ip, smtp }) => {
    if (smtp !== port) return false;
    const isAny = ip === '::' || (ip === '0.0.0.0' && !plain.includes(':'));
    return isNowhere || ip === plain || (isAny && ours());
  });
}
