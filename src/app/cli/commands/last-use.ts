import type { LoginFacts } from '../../../directory/logins/login-facts.ts';

/** As many as are kept. */
export const mostLogins = 10_000;

export interface LastUse {
  /** ISO 8601. */
  readonly time: string;
  readonly address: string;
  readonly protocol: string;
}

/** When a key or an app password logged in last; null: not in the last 30 days. `logins`: the latest first. */
export function lastUseOf(proof: string, logins: readonly LoginFacts[]): LastUse | null {
  const last = logins.find((login) => login.result === 'ok' && login.proof === proof);
  return last ? { time: last.last, address: last.address, protocol: last.protocol } : null;
}
