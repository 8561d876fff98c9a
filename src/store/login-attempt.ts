/** Logins that were tried, as the store keeps them: equal ones of a day are one row. Their meaning is in `directory/logins/`. */
export interface LoginAttemptRow {
  /** Of all the columns down to `day`. */
  readonly key: string;
  /** Its name; `-` for logins that nobody has. */
  readonly account: string;
  readonly login: string;
  readonly remoteAddress: string;
  readonly localAddress: string;
  /** Version of TLS; '' without. */
  readonly tls: string;
  /** Which key or app password; '' for others. */
  readonly proof: string;
  readonly protocol: string;
  /** What the client calls itself. */
  readonly client: string;
  readonly mechanism: string;
  readonly result: string;
  /** Days since 1970. */
  readonly day: number;
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

/** Which rows to read: the latest first. */
export interface LoginAttemptSelection {
  /** Undefined: of all. */
  readonly account?: string;
  readonly sinceMs: number;
  readonly limit: number;
}
