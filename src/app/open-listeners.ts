import type { Converse } from '../base/conversation.ts';
import type { Log } from '../base/log.ts';
import { listen } from '../net/listen.ts';
import type { Listener, Refusals } from '../net/listen.ts';
import type { ConnectionLimits } from '../net/limits.ts';
import type { TlsIdentity } from '../net/tls.ts';
import { allowsPlaintextLogin, type ListenerConfig } from './config/config-schema.ts';
import { Refusal } from './refusal.ts';
import { services } from './services.ts';
import type { Service } from './services.ts';

/** One port to open. */
export interface PlannedListener {
  readonly service: Service;
  readonly ip: string;
  readonly port: number;
  readonly plaintextLogin: boolean;
}

/** The ports of a configuration, in the order in which they are told. */
export function planListeners(listeners: readonly ListenerConfig[]): readonly PlannedListener[] {
  return services.flatMap((service) =>
    listeners.flatMap((listener) => {
      const port = listener[service];
      return port === undefined
        ? []
        : [{ service, ip: listener.ip, port, plaintextLogin: allowsPlaintextLogin(listener) }];
    }),
  );
}

/** What the connections of one service share. */
export interface ServiceSetup {
  // A listener does not look at events; each face has its own kind.
  readonly converse: (listener: PlannedListener) => Converse<never>;
  readonly refusals: Refusals;
  readonly limits: ConnectionLimits;
  readonly admit?: (address: string) => boolean;
}

export interface OpenOptions {
  readonly setupOf: (service: Service) => ServiceSetup;
  readonly identity: TlsIdentity | undefined;
  readonly log: Log;
}

/** Opens all ports, or none. @throws Refusal that names the port which could not be had */
export async function openListeners(
  planned: readonly PlannedListener[],
  options: OpenOptions,
): Promise<readonly Listener[]> {
  const opened = await Promise.allSettled(planned.map((each) => openOne(each, options)));
  const failed = opened.findIndex(({ status }) => status === 'rejected');
  const listeners = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const failure = opened[failed];
  const at = planned[failed];
  if (failure?.status !== 'rejected' || !at) return listeners;
  await Promise.all(listeners.map((listener) => listener.close({ graceMs: 0 })));
  throw explain(at, failure.reason);
}

/** Services where TLS is there from the start. */
const implicitTls: ReadonlySet<Service> = new Set(['submissions', 'imaps', 'pop3s']);

/** Certificates are asked for where there are logins only: port 25 has no logins, and tickets there have caused trouble. */
function openOne(planned: PlannedListener, { setupOf, identity, log }: OpenOptions): Promise<Listener> {
  const { service, ip, port } = planned;
  const setup = setupOf(service);
  const mx = service === 'smtp';
  const mode = implicitTls.has(service) ? 'implicit' : 'starttls';
  return listen({
    name: service,
    host: ip,
    port,
    converse: setup.converse(planned),
    refusals: setup.refusals,
    limits: setup.limits,
    log,
    ...(setup.admit ? { admit: setup.admit } : {}),
    ...(identity ? { tls: { mode, identity, requestClientCertificate: !mx, tickets: !mx } } : {}),
  });
}

function explain({ service, ip, port }: PlannedListener, error: unknown): unknown {
  const where = `${service}: ${ip}:${port}`;
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'EADDRINUSE':
      return new Refusal(`${where} is taken by another program`, { cause: error });
    case 'EACCES':
      return new Refusal(`${where} may not be opened: ports below 1024 need CAP_NET_BIND_SERVICE`, { cause: error });
    case 'EADDRNOTAVAIL':
      return new Refusal(`${where} cannot be opened: this machine does not have that address`, { cause: error });
    default:
      return error;
  }
}
