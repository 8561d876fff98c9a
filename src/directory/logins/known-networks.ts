/** A success counts so long. */
const keepMs = 30 * 86_400_000;
const maxEntries = 100_000;

/** From where logins succeeded lately: per account, and of any account. Bounded: the oldest are forgotten. */
export class KnownNetworks {
  /** `network account` and `network`, with the time of the last success; latest last. */
  readonly #lastAtMs = new Map<string, number>();

  add(network: string, account: string, atMs: number): void {
    for (const key of [`${network} ${account}`, network]) {
      const latest = Math.max(atMs, this.#lastAtMs.get(key) ?? 0);
      this.#lastAtMs.delete(key);
      this.#lastAtMs.set(key, latest);
    }
    for (const oldest of this.#lastAtMs.keys()) {
      if (this.#lastAtMs.size <= maxEntries) break;
      this.#lastAtMs.delete(oldest);
    }
  }

  /** Without an account: of any. */
  has(network: string, account: string | undefined, nowMs: number): boolean {
    const at = this.#lastAtMs.get(account === undefined ? network : `${network} ${account}`);
    return at !== undefined && nowMs - at < keepMs;
  }
}
