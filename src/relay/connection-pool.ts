import type { SmtpClient } from '../clients/smtp/smtp-client.ts';

/** A connection that messages are sent over, one after another. */
export interface RelayConnection {
  readonly client: SmtpClient;
  /** Ends it at once, whatever it does. */
  readonly stop: AbortController;
  /** Host, address and all that was asked of its TLS and login: only a batch with the same key may use it again. */
  readonly key: string;
  /** How it is secured and verified, for stories. */
  readonly tls: string | undefined;
  readonly verdict: string;
  readonly openedAtMs: number;
  /** Transactions so far. */
  transactions: number;
  /** Domains of the recipients so far (LIMITS RCPTDOMAINMAX). */
  readonly domains: Set<string>;
}

export interface PoolLimits {
  /** Idle for longer, a connection is closed: other servers count those that are open. */
  readonly idleMs: number;
  /** Of one connection. */
  readonly maxTransactions: number;
  readonly maxAgeMs: number;
  /** Idle connections in all. */
  readonly maxIdle: number;
}

export const defaultPoolLimits: PoolLimits = { idleMs: 5000, maxTransactions: 100, maxAgeMs: 300_000, maxIdle: 100 };

interface Idle {
  readonly connection: RelayConnection;
  readonly timer: NodeJS.Timeout;
}

/** Connections that wait a few seconds for another message to the same host. */
export class ConnectionPool {
  readonly #limits: PoolLimits;
  readonly #now: () => number;
  readonly #idle = new Map<string, Idle[]>();
  readonly #leaving = new Set<Promise<void>>();
  #count = 0;
  #isClosed = false;

  constructor(limits: PoolLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /** One that nobody else has until it is given back; undefined when there is none. */
  take(key: string, domain: string): RelayConnection | undefined {
    const list = this.#idle.get(key);
    const at = list?.findLastIndex(({ connection }) => this.canTake(connection, domain)) ?? -1;
    const idle = at < 0 ? undefined : list?.[at];
    if (!idle) return undefined;
    this.#forget(key, idle);
    return idle.connection;
  }

  /** Whether one more message to this domain may go over it. */
  canTake(connection: RelayConnection, domain: string): boolean {
    const { client, transactions, domains, openedAtMs } = connection;
    const { maxTransactions, maxAgeMs } = this.#limits;
    if (!client.isOpen || this.#now() - openedAtMs > maxAgeMs) return false;
    if (transactions >= Math.min(limitOf(client, 'MAILMAX') ?? maxTransactions, maxTransactions)) return false;
    const maxDomains = limitOf(client, 'RCPTDOMAINMAX');
    return maxDomains === undefined || domains.has(domain) || domains.size < maxDomains;
  }

  /** Given back after `use`; gone when that throws, as nobody knows then what was begun on it. */
  async lend<T>(connection: RelayConnection, use: () => Promise<T>): Promise<T> {
    try {
      const result = await use();
      this.give(connection);
      return result;
    } catch (error) {
      connection.client.destroy();
      throw error;
    }
  }

  /** Nothing is under way on it, and what it brought about is recorded. */
  give(connection: RelayConnection): void {
    const { client, key } = connection;
    if (!client.isOpen) return client.destroy();
    const isUseful = !this.#isClosed && this.#count < this.#limits.maxIdle;
    if (!isUseful || connection.transactions >= this.#limits.maxTransactions) return this.#leave(connection);
    const timer = setTimeout(() => {
      this.#forget(key, idle);
      this.#leave(connection);
    }, this.#limits.idleMs);
    const idle: Idle = { connection, timer };
    this.#idle.set(key, [...(this.#idle.get(key) ?? []), idle]);
    this.#count++;
  }

  /** Says good-bye on all idle connections. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const [key, list] of [...this.#idle]) {
      for (const idle of list) {
        this.#forget(key, idle);
        this.#leave(idle.connection);
      }
    }
    await Promise.all(this.#leaving);
  }

  #forget(key: string, idle: Idle): void {
    clearTimeout(idle.timer);
    const rest = (this.#idle.get(key) ?? []).filter((each) => each !== idle);
    if (rest.length === 0) this.#idle.delete(key);
    else this.#idle.set(key, rest);
    this.#count--;
  }

  #leave({ client }: RelayConnection): void {
    const leaving: Promise<void> = client.quit().finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
  }
}

/** `LIMITS NAME=n` of the server. RFC 9422 section 4. */
function limitOf(client: SmtpClient, name: 'MAILMAX' | 'RCPTDOMAINMAX'): number | undefined {
  for (const limit of client.capabilities.get('LIMITS') ?? []) {
    const [key = '', digits = ''] = limit.split('=');
    if (key.toUpperCase() === name && /^[1-9][0-9]{0,5}$/.test(digits)) return Number(digits);
  }
  return undefined;
}
