import type { LoginFacts } from '../../../directory/logins/login-facts.ts';

export interface LastUse {
  /** ISO 8601. */
  readonly time: string;
  readonly address: string;
  readonly protocol: string;
}

/** When a key or an app password logged in last; null: not in more than a year. */
export function lastUseOf(proof: string, lastUses: readonly LoginFacts[]): LastUse | null {
  const last = lastUses.find((login) => login.proof === proof);
  return last ? { time: last.last, address: last.address, protocol: last.protocol } : null;
}
