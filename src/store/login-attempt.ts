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
  /** Of each key and app password only when it logged in last. */
  readonly lastUses?: boolean;
}

/** What is removed. Times are milliseconds since 1970. */
export interface PruneLoginAttempts {
  /** All rows that are older, but for the last use of each key and app password. */
  readonly beforeMs: number;
  /** Those too. */
  readonly lastUseBeforeMs: number;
  /** Rows of an account, successes and failures apart: beyond, its oldest go, again but for last uses. */
  readonly keepPerAccount: number;
}
