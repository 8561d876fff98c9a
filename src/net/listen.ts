import { createServer, isIPv6 } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { Converse } from '../base/conversation.ts';
import type { Log } from '../base/log.ts';
import { toPlainAddress } from './address-class.ts';
import type { ConnectionLimits } from './limits.ts';
import { Pump } from './pump.ts';
import type { MutablePeer, PumpContext } from './pump.ts';
import { newSessionId } from './session-id.ts';
import { Tarpit } from './tarpit.ts';
import { Ticker } from './ticker.ts';
import { defaultTimings } from './timings.ts';
import type { NetTimings } from './timings.ts';
import type { TlsIdentity, TlsListenerOptions } from './tls.ts';

/** Last words to connections that are not taken, whole lines with CRLF. Not said where TLS is implicit. */
export interface Refusals {
  /** Over a limit of connections. */
  readonly tooMany: string;
  /** `admit` said no. */
  readonly blocked: string;
  /** The listener is closing. */
  readonly closing: string;
}

/** Who is let in, and what is said to them. */
export interface Serving<Event> {
  readonly converse: Converse<Event>;
  readonly refusals: Refusals;
  /** Share one object among listeners that count together. */
  readonly limits?: ConnectionLimits;
  /** Asked for each address; false refuses the connection. */
  readonly admit?: (address: string) => boolean;
}

export interface ListenOptions<Event> extends Serving<Event> {
  /** For the log: `smtp`, `submission`, … */
  readonly name: string;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly log: Log;
  readonly tls?: TlsListenerOptions & { readonly mode: 'starttls' | 'implicit'; readonly identity: TlsIdentity };
  /** Share one among all listeners of the process. */
  readonly tarpit?: Tarpit;
  readonly timings?: Partial<NetTimings>;
  /** Of this listener, whatever the addresses; beyond it connections are dropped without a word. */
  readonly maxConnections?: number;
  /** Let several threads or processes share the port. */
  readonly reusePort?: boolean;
}

export interface Listener<Event = never> {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly connections: number;
  /** From the next connection on; those that are open go on as they began. */
  use(serving: Serving<Event>): void;
  /** Takes no more connections, tells those that are open, waits for them so long, then destroys what is left. */
  close(options: { readonly graceMs: number }): Promise<void>;
}

const MINUTE = 60_000;

/** Does beforehand what the first port would wait for: Node compiles a long expression for the addresses it looks at. */
export function prepareToListen(): void {
  isIPv6('::1');
}

/**
 * Opens a port and runs a conversation for each connection.
 * @throws the error of the system when the port cannot be had.
 */
export async function listen<Event>(options: ListenOptions<Event>): Promise<Listener<Event>> {
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  const front = new Front(options, server);
  server.on('connection', (socket) => front.connected(socket));
  server.maxConnections = options.maxConnections ?? 50_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(
      { host: options.host, port: options.port, backlog: 1024, reusePort: options.reusePort ?? false },
      () => {
        server.off('error', reject);
        resolve();
      },
    );
  });
  // Without descriptors libuv closes those who wait, and says nothing; what it does say must not end the process.
  server.on('error', (error) => front.acceptFailed(error));
  server.on('drop', () => front.acceptFailed(new Error('too many connections in all')));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    name: options.name,
    host: options.host,
    port,
    get connections() {
      return front.connections;
    },
    use: (serving) => front.use(serving),
    close: ({ graceMs }) => front.close(graceMs),
  };
}

/** The accepting side of one listener. */
class Front<Event> {
  readonly #options: ListenOptions<Event>;
  readonly #server: Server;
  /** With the limits that let each of them in. */
  readonly #pumps = new Map<Pump<Event>, ConnectionLimits | undefined>();
  #serving: Serving<Event>;
  #context: PumpContext<Event>;
  #closing = false;
  #allGone: (() => void) | undefined;
  #failuresLoggedAtMs = Number.NEGATIVE_INFINITY;
  #failures = 0;

  constructor(options: ListenOptions<Event>, server: Server) {
    this.#options = options;
    this.#serving = options;
    this.#server = server;
    const timings = { ...defaultTimings, ...options.timings };
    this.#context = {
      converse: options.converse,
      tls: options.tls,
      timings,
      ticker: new Ticker(timings.tickMs),
      tarpit: options.tarpit ?? new Tarpit(),
      log: options.log.with({ listener: options.name }),
      gone: (pump) => this.#gone(pump),
    };
  }

  get connections(): number {
    return this.#pumps.size;
  }

  use(serving: Serving<Event>): void {
    this.#serving = serving;
    this.#context = { ...this.#context, converse: serving.converse };
  }

  /** Limits come before anything else, above all before a handshake. */
  connected(socket: Socket): void {
    const { remoteAddress, remotePort, localAddress, localPort } = socket;
    if (remoteAddress === undefined || remotePort === undefined) {
      socket.destroy();
      return;
    }
    const { tls } = this.#options;
    const { limits, refusals, admit } = this.#serving;
    const address = toPlainAddress(remoteAddress);
    if (this.#closing) return this.#refuse(socket, address, refusals.closing, 'closing');
    if (admit !== undefined && !admit(address)) return this.#refuse(socket, address, refusals.blocked, 'blocked');
    if (limits !== undefined && !limits.admit(address)) return this.#refuse(socket, address, refusals.tooMany, 'limit');
    const peer: MutablePeer = {
      id: newSessionId(),
      remoteAddress: address,
      remotePort,
      localAddress: toPlainAddress(localAddress ?? ''),
      localPort: localPort ?? 0,
      tls: undefined,
    };
    const pump = new Pump(this.#context, socket, peer);
    this.#pumps.set(pump, limits);
    pump.start(tls?.mode === 'implicit');
  }

  acceptFailed(error: Error): void {
    this.#failures++;
    const now = Date.now();
    if (now - this.#failuresLoggedAtMs < MINUTE) return;
    this.#failuresLoggedAtMs = now;
    this.#context.log.warn('connections could not be accepted', { why: error.message, count: this.#failures });
    this.#failures = 0;
  }

  async close(graceMs: number): Promise<void> {
    this.#closing = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const gone = new Promise<void>((resolve) => (this.#allGone = resolve));
    for (const pump of this.#pumps.keys()) pump.shutdown();
    if (this.#pumps.size === 0) this.#allGone?.();
    const timer = setTimeout(() => {
      for (const pump of this.#pumps.keys()) pump.destroy();
    }, graceMs);
    await gone;
    clearTimeout(timer);
    await closed;
  }

  #gone(pump: Pump<Event>): void {
    this.#pumps.get(pump)?.release(pump.peer.remoteAddress);
    this.#pumps.delete(pump);
    if (this.#pumps.size === 0) this.#allGone?.();
  }

  #refuse(socket: Socket, address: string, line: string, why: string): void {
    this.#context.log.debug('connection refused', { address, why });
    socket.on('error', () => {});
    if (this.#options.tls?.mode === 'implicit') {
      socket.destroy();
      return;
    }
    socket.write(line, 'latin1');
    socket.destroySoon();
  }
}
