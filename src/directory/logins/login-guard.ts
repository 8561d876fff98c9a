import type { Clock } from '../../base/clock.ts';
import type { LoginOutcome, LoginProof } from '../directory.ts';
import { AccountDelays } from './account-delays.ts';
import { KnownNetworks } from './known-networks.ts';
import { dayMs, nobody } from './login-attempt.ts';
import type { LoginAttempt, LoginResult } from './login-attempt.ts';
import type { LoginLog, LoginNote } from './login-log.ts';

/** What a face asks around a login. One object for all faces. */
export interface LoginGuard {
  /** May nobody from there try (at connect)? */
  blocked(remoteAddress: string): boolean;
  /** Counts an attempt before any credential is looked at; false when it must not be made. */
  attempt(remoteAddress: string): boolean;
  /** How long this attempt has to wait before credentials are looked at; undefined: it must not be made. */
  delayMs(remoteAddress: string, login: string): number | undefined;
  /** Did the login succeed from there lately? */
  isKnown(remoteAddress: string, login: string): boolean;
  /** The credentials were right: the network starts anew. */
  reset(remoteAddress: string): void;
  /** An attempt that was counted could not be judged: it alone is taken back. */
  takeBack(remoteAddress: string): void;
  /** An attempt has ended well. The note takes the client's name when it comes. */
  succeeded(
    attempt: LoginAttempt,
    outcome: { readonly account: { readonly name: string }; readonly proof: LoginProof },
  ): LoginNote;
  failed(attempt: LoginAttempt, result: Exclude<LoginResult, 'ok'>): void;
}

/** Failures by address class; `FailureLimiter` of net/ is one. */
export interface NetworkFailures {
  blocked(address: string, known: boolean): boolean;
  attempt(address: string, known: boolean): boolean;
  reset(address: string): void;
  takeBack(address: string): void;
  /** Failures from before a restart, of today. */
  restore(address: string, failures: number): void;
}

export interface LoginGuardOptions {
  readonly networks: NetworkFailures;
  /** Under which addresses are one: class 1 of spec/protocols.md section 0.1. */
  readonly networkOf: (address: string) => string;
  /** The account of a login; undefined when nobody has it. */
  readonly accountOf: (login: string) => string | undefined;
  /** One name for all spellings of a login, also of one that nobody has. */
  readonly canonicalLogin: (login: string) => string;
  /** Addresses that no limit applies to. */
  readonly isExempt: (address: string) => boolean;
  readonly log: LoginLog;
  readonly clock: Clock;
}

/** Read at start; the newest, more would only be from longer ago. */
const restoredRows = 50_000;
const knownMs = 30 * dayMs;
/** What somebody who guesses brings about. */
const guesses: ReadonlySet<string> = new Set(['baduser', 'badpassword', 'badcreds', 'badchanbind', 'aborted']);

/**
 * Limits and log of logins. Failures are counted by network, before credentials are looked at, and by login, with a delay that
 * grows. Networks from which a login succeeded lately are judged on their own: by their own failures alone, and without the
 * delay for that login. So nobody elsewhere can keep them out. spec/protocols.md sections 0.1 and 3.4.
 */
export function createLoginGuard(options: LoginGuardOptions): LoginGuard & { restore(): Promise<void> } {
  const { networks, networkOf, accountOf, canonicalLogin, isExempt, log, clock } = options;
  const delays = new AccountDelays();
  const known = new KnownNetworks();
  const isKnown = (address: string, account?: string) => known.has(networkOf(address), account, clock.now());
  const loginKey = (login: string, account: string | undefined) =>
    // Spellings count together in either case: whether they do must not tell who has an account.
    account === undefined ? `? ${canonicalLogin(login).toLowerCase().slice(0, 320)}` : `= ${account}`;

  return {
    blocked: (address) => networks.blocked(address, isKnown(address)),
    attempt: (address) => networks.attempt(address, isKnown(address)),
    delayMs(address, login) {
      const account = accountOf(login);
      if (isExempt(address) || (account !== undefined && isKnown(address, account))) return 0;
      return delays.take(loginKey(login, account), clock.now());
    },
    isKnown(address, login) {
      const account = accountOf(login);
      return account !== undefined && isKnown(address, account);
    },
    reset: (address) => networks.reset(address),
    takeBack: (address) => networks.takeBack(address),
    succeeded(attempt, { account, proof }) {
      known.add(networkOf(attempt.remoteAddress), account.name, clock.now());
      return log.add({ ...attempt, result: 'ok', account: account.name, proof, atMs: clock.now() });
    },
    failed(attempt, result) {
      const account = accountOf(attempt.login);
      const kind = result === 'badpassword' && account === undefined ? 'baduser' : result;
      log.add({ ...attempt, result: kind, account, proof: undefined, atMs: clock.now() });
      if (!guesses.has(kind) || attempt.login === '' || isExempt(attempt.remoteAddress)) return;
      if (account !== undefined && isKnown(attempt.remoteAddress, account)) return;
      delays.failed(loginKey(attempt.login, account), clock.now());
    },
    async restore() {
      const now = clock.now();
      const rows = await log.readSince(now - knownMs, restoredRows);
      const lastSuccess = new Map<string, number>();
      for (const { remoteAddress, account, lastAtMs } of rows.filter(({ result }) => result === 'ok').toReversed()) {
        known.add(networkOf(remoteAddress), account, lastAtMs);
        lastSuccess.set(remoteAddress, Math.max(lastAtMs, lastSuccess.get(remoteAddress) ?? 0));
      }
      for (const row of rows.filter(({ result }) => guesses.has(result)).toReversed()) {
        const { remoteAddress: address, lastAtMs, count } = row;
        const isToday = row.day === Math.floor(now / dayMs) && address !== '';
        if (isToday && lastAtMs > (lastSuccess.get(address) ?? 0)) networks.restore(address, count);
        const account = row.account === nobody ? undefined : row.account;
        if (now - lastAtMs > dayMs || row.login === '' || (account !== undefined && isKnown(address, account)))
          continue;
        delays.failed(loginKey(row.login, account), lastAtMs, count);
      }
    },
  };
}

/** What to write down of a login that did not succeed. */
export function resultOf(outcome: LoginOutcome & { readonly ok: false }): Exclude<LoginResult, 'ok'> {
  return outcome.reason === 'login-disabled' ? 'logindisabled' : 'badpassword';
}
