import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { clientBinding } from './channel-binding.ts';
import { secure } from './client-tls.ts';
import type { ClientTlsOptions } from './client-tls.ts';
import { ConnectionFailure, failureOf } from './connection-failure.ts';
import { connectThrough } from './socks.ts';
import type { SocksProxy } from './socks.ts';

export interface DialOptions {
  /** A name (all of its addresses are tried) or an address. */
  readonly host: string;
  readonly port: number;
  /** TLS from the first octet. */
  readonly tls?: ClientTlsOptions | undefined;
  /** Our address, on machines that have several. */
  readonly localAddress?: string | undefined;
  /** Connect to this SOCKS5 proxy, and let it connect to `host` (RFC 1928, 1929). */
  readonly proxy?: SocksProxy | undefined;
  /** For the connection and the TLS handshake together, ms. */
  readonly timeoutMs: number;
  /** Ends the connection, at any time. */
  readonly signal?: AbortSignal | undefined;
}

export interface TlsState {
  /** `TLSv1.3` */
  readonly protocol: string;
  readonly cipher: string;
  /** What binds a login to this connection; undefined where nothing safe does. */
  readonly binding: ReturnType<typeof clientBinding>;
}

/** Opens a connection. @throws ConnectionFailure */
export async function dial(options: DialOptions): Promise<DialedConnection> {
  const { localAddress, proxy, signal } = options;
  const { host, port } = proxy ?? options;
  if (signal?.aborted) throw new ConnectionFailure('aborted', 'aborted');
  const socket = connect({ host, port, ...(localAddress === undefined ? {} : { localAddress }), noDelay: true });
  const connection = new DialedConnection(socket, signal);
  connection.setDeadline(options.timeoutMs, 'connecting');
  try {
    await connection.opened();
    if (proxy) await connectThrough(connection, options.host, options.port, proxy.login);
    if (options.tls) await connection.startTls(options.tls);
    connection.clearDeadline();
    return connection;
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

/**
 * A connection that we opened. Reads only when asked, so a peer that talks without end fills one socket buffer and no more.
 * One deadline at a time holds for all that is awaited; when it passes, the connection is gone.
 */
export class DialedConnection {
  #socket: Socket;
  #failure: ConnectionFailure | undefined;
  #ended = false;
  #timer: NodeJS.Timeout | undefined;
  #wake: (() => void) | undefined;
  #failWait: ((failure: ConnectionFailure) => void) | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.#fail(new ConnectionFailure('aborted', 'aborted'));
  readonly #onReadable = (): void => this.#wake?.();
  readonly #onError = (error: Error): void => this.#fail(failureOf(error));
  readonly #onEnd = (): void => {
    this.#ended = true;
    this.#wake?.();
  };
  readonly #onClose = (): void => {
    this.#ended = true;
    this.#fail(new ConnectionFailure('closed', 'the connection was closed'));
  };

  constructor(socket: Socket, signal: AbortSignal | undefined) {
    this.#socket = socket;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    this.#attach();
  }

  /** Undefined in plain text. */
  get tls(): TlsState | undefined {
    const socket = this.#socket;
    if (!(socket instanceof TLSSocket)) return undefined;
    const protocol = socket.getProtocol() ?? 'unknown';
    return {
      protocol,
      cipher: socket.getCipher().standardName,
      binding: this.#failure ? undefined : clientBinding(socket),
    };
  }

  /** The address of the peer. */
  get remoteAddress(): string | undefined {
    return this.#socket.remoteAddress;
  }

  /** Whether something can still be sent. */
  get isOpen(): boolean {
    return this.#failure === undefined && !this.#ended;
  }

  /** From now on, for everything that is awaited until it is cleared or set again. */
  setDeadline(ms: number, what: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#fail(new ConnectionFailure('timeout', `timed out after ${ms} ms (${what})`)),
      ms,
    );
  }

  clearDeadline(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Resolves when the connection stands. @throws ConnectionFailure */
  opened(): Promise<void> {
    if (!this.#socket.connecting) return this.#failure ? Promise.reject(this.#failure) : Promise.resolve();
    return this.#wait((done) => this.#socket.once('connect', done));
  }

  /** What arrived, at least one octet; undefined when the peer has ended. @throws ConnectionFailure */
  async read(): Promise<Uint8Array | undefined> {
    for (;;) {
      // What arrived before the end is read even after a failure: a last reply tells more than "closed".
      const chunk = this.#socket.read() as Buffer | null;
      if (chunk !== null) return chunk;
      if (this.#failure && this.#failure.reason !== 'closed') throw this.#failure;
      if (this.#ended) return undefined;
      await this.#wait((done) => (this.#wake = done)).catch((error: unknown) => {
        if (!(error instanceof ConnectionFailure && error.reason === 'closed')) throw error;
      });
    }
  }

  /** Puts back what was read too much: it is read next. */
  unread(octets: Buffer): void {
    if (octets.length > 0) this.#socket.unshift(octets);
  }

  /** Whether octets have arrived that nobody has read. */
  get hasUnread(): boolean {
    return this.#socket.readableLength > 0;
  }

  /** Sends; resolves when more may be sent (not when the peer has it). @throws ConnectionFailure */
  async write(octets: Uint8Array | string): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (this.#socket.write(octets)) return;
    await this.#wait((done) => this.#socket.once('drain', done));
  }

  /**
   * Goes on under TLS. What had arrived in plain text is thrown away: it could be from somebody in between (RFC 3207
   * section 6). @throws ConnectionFailure
   */
  async startTls(options: ClientTlsOptions): Promise<void> {
    this.#detach();
    const plain = this.#socket;
    while (plain.read() !== null);
    const handshake = secure(plain, options);
    // A deadline that passes destroys the plain socket, and with it the handshake.
    this.#socket = await Promise.race([handshake, this.#wait(() => undefined)]).then((done) => {
      if (!done) throw new ConnectionFailure('tls', 'no TLS');
      return done;
    });
    this.#attach();
  }

  /** Says that nothing more comes, and lets go. */
  end(): void {
    this.#letGo();
    this.#failure ??= new ConnectionFailure('closed', 'closed by us');
    this.#socket.destroySoon();
  }

  destroy(): void {
    this.#fail(new ConnectionFailure('closed', 'closed by us'));
  }

  #wait<T = void>(begin: (done: (value: T) => void) => unknown): Promise<T> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise<T>((resolve, reject) => {
      const finish = (): void => {
        this.#wake = this.#failWait = undefined;
      };
      this.#failWait = (failure) => {
        finish();
        reject(failure);
      };
      begin((value) => {
        finish();
        resolve(value);
      });
    });
  }

  #fail(failure: ConnectionFailure): void {
    this.#failure ??= failure;
    this.#ended = true;
    this.#letGo();
    this.#socket.destroy();
    this.#failWait?.(this.#failure);
  }

  #letGo(): void {
    this.clearDeadline();
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }

  #attach(): void {
    this.#socket.on('readable', this.#onReadable).on('end', this.#onEnd).on('error', this.#onError);
    this.#socket.on('close', this.#onClose);
  }

  #detach(): void {
    this.#socket.off('readable', this.#onReadable).off('end', this.#onEnd).off('close', this.#onClose);
  }
}
