import { Client, escapeIdentifier } from 'pg';
import type { ClientConfig } from 'pg';
import type { Log } from '../../base/log.ts';

/**
 * - payload: somebody notified the channel; the transaction that did is committed.
 * - gap: the connection was away for a while, so notifications may have been missed: look at the database again.
 */
export type Notice = { readonly kind: 'payload'; readonly payload: string } | { readonly kind: 'gap' };
export type ListenHandler = (notice: Notice) => void;

const pingEveryMs = 30_000;
const pingTimeoutMs = 10_000;
const firstBackoffMs = 100;
const maxBackoffMs = 10_000;

/** Listens to channels on a connection of its own, which it opens again as often as it breaks. */
export class PostgresListener {
  readonly #config: ClientConfig;
  readonly #log: Log;
  readonly #handlers = new Map<string, Set<ListenHandler>>();
  #client: Client | undefined;
  /** The connection that is there or being made. Never rejects while `#closed` is false: it tries until it succeeds. */
  #connecting: Promise<Client | undefined> | undefined;
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(config: ClientConfig, log: Log) {
    this.#config = config;
    this.#log = log;
  }

  /** Resolves when the channel is heard; what it returns stops it. @throws Error when closed */
  async listen(channel: string, handler: ListenHandler): Promise<() => Promise<void>> {
    if (this.#closed) throw new Error('the database was closed');
    const handlers = this.#handlers.get(channel) ?? new Set();
    this.#handlers.set(channel, handlers.add(handler));
    this.#connecting ??= this.#connect(false);
    const client = await this.#connecting;
    // A connection that breaks here is replaced by one that listens to all channels.
    await client?.query(`LISTEN ${escapeIdentifier(channel)}`).catch(() => this.#connecting);
    return async () => {
      handlers.delete(handler);
      if (handlers.size > 0 || !this.#handlers.delete(channel)) return;
      await this.#client?.query(`UNLISTEN ${escapeIdentifier(channel)}`).catch(() => undefined);
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#handlers.clear();
    this.#wake?.();
    const client = await this.#connecting;
    await client?.end().catch(() => undefined);
  }

  async #connect(again: boolean): Promise<Client | undefined> {
    for (let backoffMs = firstBackoffMs; !this.#closed; backoffMs = Math.min(backoffMs * 2, maxBackoffMs)) {
      try {
        const client = await this.#open();
        if (again) this.#tellAll({ kind: 'gap' });
        return client;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.#log.warn('cannot listen to changes in the database', { reason });
      }
      await this.#pause(backoffMs * (0.5 + Math.random()));
    }
    return undefined;
  }

  async #open(): Promise<Client> {
    const client = new Client(this.#config);
    client.on('error', () => undefined);
    client.on('notification', ({ channel, payload }) => {
      this.#tell(this.#handlers.get(channel), { kind: 'payload', payload: payload ?? '' });
    });
    try {
      await client.connect();
      for (const channel of this.#handlers.keys()) await client.query(`LISTEN ${escapeIdentifier(channel)}`);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    this.#client = client;
    const ping = setInterval(() => void this.#ping(client), pingEveryMs);
    ping.unref();
    client.on('end', () => {
      clearInterval(ping);
      this.#client = undefined;
      if (!this.#closed) this.#connecting = this.#connect(true);
    });
    return client;
  }

  /** A connection whose other side vanished without a word breaks only when it is used. */
  async #ping(client: Client): Promise<void> {
    const query: { readonly text: string; readonly query_timeout: number } = {
      text: 'SELECT 1',
      query_timeout: pingTimeoutMs,
    };
    await client.query(query).catch(() => client.end().catch(() => undefined));
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #tellAll(notice: Notice): void {
    for (const handlers of this.#handlers.values()) this.#tell(handlers, notice);
  }

  #tell(handlers: ReadonlySet<ListenHandler> | undefined, notice: Notice): void {
    for (const handler of handlers ?? []) {
      try {
        handler(notice);
      } catch (error) {
        this.#log.error('a listener failed', {}, error);
      }
    }
  }
}
