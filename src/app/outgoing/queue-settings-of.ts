import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import type { Directory, NamedRoute } from '../../directory/directory.ts';
import { directTransport } from '../../queue/choose-transport.ts';
import type { Route } from '../../queue/choose-transport.ts';
import { queueSettings } from '../../queue/queue-settings.ts';
import type { QueueSettings } from '../../queue/queue-settings.ts';
import type { ClientKey, SmarthostLogin, Transport } from '../../queue/transport.ts';
import type { LoadedConfig } from '../config/loaded-config.ts';
import type { TransportConfig } from '../config/outgoing-schema.ts';
import { Refusal } from '../refusal.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** What the directory knows of how mail leaves. */
export type SendingDirectory = Pick<Directory, 'findAccount' | 'sendingRulesOf' | 'routesOfAccount' | 'routesOfDomain'>;

/**
 * The queue as posthorn.yaml and the directory want it; edits of the directory hold at once.
 * @throws Refusal when a file with a password or key cannot be read
 */
export function queueSettingsOf(loaded: LoadedConfig, directory: SendingDirectory): QueueSettings {
  const { queue, hostname, routes } = loaded.config;
  const byName = transportsOf(loaded);
  const toRoutes = routeReader(byName);
  const giveUpAfterMs = queue.giveUpHours * hourMs;
  return queueSettings({
    hostname,
    schedule: {
      firstWaitMs: queue.firstRetryMinutes * minuteMs,
      longestWaitMs: queue.longestRetryMinutes * minuteMs,
      giveUpAfterMs,
      giveUpReportsAfterMs: Math.min(24 * hourMs, giveUpAfterMs),
      tellDelayAfterMs: queue.tellDelayHours * hourMs,
    },
    routes: {
      ofAccount: (id) => toRoutes(directory.routesOfAccount(id)),
      ofSenderDomain: (domain) => toRoutes(directory.routesOfDomain(domain)),
      global: toRoutes(routes),
    },
    maxDeliveries: queue.connections,
    maxConcurrency: queue.connectionsPerDestination,
    maxRecipients: queue.recipientsPerTransaction,
    destinations: queue.destinations.map(({ domains, connections, perMinute, recipients }) => ({
      domains,
      concurrency: connections,
      perMinute,
      recipients,
    })),
    historyMs: queue.historyDays * 24 * hourMs,
    limitsOf(id) {
      const account = directory.findAccount(id);
      const rules = account && directory.sendingRulesOf(account);
      return {
        recipientsPerDay: rules?.recipientsPerDay ?? queue.recipientsPerDay,
        firstTimeRecipientsPerDay: rules?.newRecipientsPerDay ?? queue.newRecipientsPerDay,
      };
    },
  });
}

/** Names that routes may lead to. */
export function transportNames({ config }: Pick<LoadedConfig, 'config'>): ReadonlySet<string> {
  return new Set([directTransport.name, ...Object.keys(config.transports)]);
}

/** Lists that were read once stay read: they are asked for at each try of each entry. */
function routeReader(byName: ReadonlyMap<string, Transport>): (named: readonly NamedRoute[]) => readonly Route[] {
  const read = new WeakMap<readonly NamedRoute[], readonly Route[]>();
  return (named) => {
    let routes = read.get(named);
    if (routes === undefined) {
      routes = named.map(({ from, to, minimumAttempts, transport }) => ({
        ...{ fromDomains: from, toDomains: to, minimumAttempts },
        transport: byName.get(transport) ?? lostTransport(transport),
      }));
      read.set(named, routes);
    }
    return routes;
  };
}

/**
 * Another process, with another configuration, may have a transport that we lack. Mail that is to leave by it waits, rather
 * than to leave by another way.
 */
function lostTransport(name: string): Transport {
  return { kind: 'fail', name, code: 451, text: 'the configuration has no such transport at this moment' };
}

function transportsOf({ config, file }: LoadedConfig): ReadonlyMap<string, Transport> {
  const byName = new Map<string, Transport>([[directTransport.name, directTransport]]);
  for (const [name, given] of Object.entries(config.transports)) {
    if (byName.has(name) || name === 'local') throw new Refusal(`${file}: transports: "${name}" is a name of our own`);
    byName.set(name, toTransport(name, given, file));
  }
  return byName;
}

/** The schema has seen to it that what belongs together is there. */
function toTransport(name: string, given: TransportConfig, file: string): Transport {
  const { kind, host = '', port, families, code, text, ehlo } = given;
  switch (kind) {
    case 'direct':
      return { kind, name, families };
    case 'fail':
      return { kind, name, code, text };
    case 'socks': {
      const login = loginOf(given, file);
      const more = { ...(ehlo === undefined ? {} : { ehloName: ehlo }), ...(login === undefined ? {} : { login }) };
      return { kind, name, host, port: port ?? 1080, ...more };
    }
    case 'smarthost': {
      const login: SmarthostLogin | undefined = tokenOf(given, file) ?? loginOf(given, file);
      const clientKey = given.clientCert === undefined ? undefined : readClientKey(given.clientCert, file);
      const isSecret = login !== undefined || clientKey !== undefined;
      const place = { host, port: port ?? 587 };
      const tls = given.tls ?? defaultTls(place.port, isSecret);
      const verify = given.verify ?? (tls === 'implicit' || tls === 'starttls');
      const secrets = { ...(login === undefined ? {} : { login }), ...(clientKey === undefined ? {} : { clientKey }) };
      return { kind, name, ...place, tls, verify, ...secrets };
    }
  }
}

function defaultTls(port: number, isSecret: boolean): 'implicit' | 'starttls' | 'opportunistic' {
  if (port === 465) return 'implicit';
  return isSecret || port === 587 ? 'starttls' : 'opportunistic';
}

function tokenOf({ username, tokenFile }: TransportConfig, file: string) {
  if (username === undefined || tokenFile === undefined) return undefined;
  return { username, tokenFile: resolve(dirname(resolve(file)), tokenFile) };
}

function loginOf({ username, password, passwordFile }: TransportConfig, file: string) {
  if (username === undefined) return undefined;
  return { username, password: password ?? readBeside(passwordFile ?? '', file).replace(/\r?\n$/, '') };
}

function readClientKey(path: string, file: string): ClientKey {
  const pem = readBeside(path, file);
  return { certPem: pem, keyPem: pem };
}

function readBeside(path: string, file: string): string {
  const absolute = resolve(dirname(resolve(file)), path);
  try {
    return readFileSync(absolute, 'utf8');
  } catch (error) {
    throw new Refusal(`${file}: transports: ${absolute} cannot be read`, { cause: error });
  }
}
