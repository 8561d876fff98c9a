import type { Converse } from '../base/conversation.ts';
import type { Log } from '../base/log.ts';
import { listen } from '../net/listen.ts';
import type { Listener, Refusals, Serving } from '../net/listen.ts';
import type { ConnectionLimits } from '../net/limits.ts';
import type { TlsIdentity } from '../net/tls.ts';
import type { ListenerConfig } from './config/config-schema.ts';
import { allowsPlaintextLogin } from './config/plaintext-login.ts';
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

const graceMs = 10_000;

/** The ports of this server: opened together, and changed while it runs. */
export class OpenPorts {
  #open: ReadonlyMap<string, Listener> = new Map();

  get listeners(): readonly Listener[] {
    return [...this.#open.values()];
  }

  /**
   * Opens what is planned and not open yet, all or none; serves the others in the new way from the next connection on; and
   * then closes what is planned no longer. @throws Refusal that names the port which could not be had; nothing changed then
   */
  async change(planned: readonly PlannedListener[], options: OpenOptions): Promise<void> {
    const missing = planned.filter((plan) => !this.#open.has(keyOf(plan)));
    const opened = await openListeners(missing, options);
    const fresh = new Map(missing.flatMap((plan, at) => (opened[at] ? [[keyOf(plan), opened[at]] as const] : [])));
    const open = new Map<string, Listener>();
    for (const plan of planned) {
      const key = keyOf(plan);
      const kept = this.#open.get(key);
      kept?.use(servingOf(plan, options));
      const listener = kept ?? fresh.get(key);
      if (listener) open.set(key, listener);
    }
    const gone = [...this.#open].flatMap(([key, listener]) => (open.has(key) ? [] : [listener]));
    this.#open = open;
    await Promise.all(gone.map((listener) => listener.close({ graceMs })));
  }

  async close(): Promise<void> {
    await Promise.all(this.listeners.map((listener) => listener.close({ graceMs })));
  }
}

function keyOf({ service, ip, port }: PlannedListener): string {
  return `${service} ${ip} ${port}`;
}

/** Opens all ports, or none. @throws Refusal that names the port which could not be had */
async function openListeners(planned: readonly PlannedListener[], options: OpenOptions): Promise<readonly Listener[]> {
  const opened = await Promise.allSettled(planned.map((each) => openOne(each, options)));
  const failed = opened.findIndex(({ status }) => status === 'rejected');
  const listeners = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const failure = opened[failed];
  const at = planned[failed];
  if (failure?.status !== 'rejected' || !at) return listeners;
  await Promise.all(listeners.map((listener) => listener.close({ graceMs: 0 })));
  throw explain(at, failure.reason);
}

function servingOf(planned: PlannedListener, { setupOf }: OpenOptions): Serving<never> {
  const { converse, ...setup } = setupOf(planned.service);
  return { ...setup, converse: converse(planned) };
}

/** Services where TLS is there from the start. */
const implicitTls: ReadonlySet<Service> = new Set(['submissions', 'imaps', 'pop3s']);

/** Certificates are asked for where there are logins only: port 25 has no logins, and tickets there have caused trouble. */
function openOne(planned: PlannedListener, options: OpenOptions): Promise<Listener> {
  const { service, ip, port } = planned;
  const { identity, log } = options;
  const mx = service === 'smtp';
  const mode = implicitTls.has(service) ? 'implicit' : 'starttls';
  return listen({
    name: service,
    host: ip,
    port,
    ...servingOf(planned, options),
    log,
    ...(identity ? { tls: { mode, identity, requestClientCertificate: !mx, tickets: !mx } } : {}),
  });
}

function explain({ service, ip, port }: PlannedListener, error: unknown): unknown {
  const where = `${service}: ${ip}:${port}`;
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'EADDRINUSE':
      return new Refusal(`${where} is taken by another program; stop that one, or name another port`, { cause: error });
    case 'EACCES':
      return new Refusal(`${where} may not be opened: ports below 1024 need CAP_NET_BIND_SERVICE`, { cause: error });
    case 'EADDRNOTAVAIL':
      return new Refusal(`${where} cannot be opened: this machine does not have that address`, { cause: error });
    default:
      return error;
  }
}
