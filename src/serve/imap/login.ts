import type { LoginOutcome } from '../../directory/directory.ts';
import { admitAttempt, checkPassword, judgeOutcome } from '../login-steps.ts';
import type { LoginFailure } from '../login-steps.ts';
import { hiddenFrom, isHidden } from './hidden-capabilities.ts';
import { hearChange } from './hear-change.ts';
import { attemptOf } from './login-attempt.ts';
import { Bye, No } from './refusal.ts';
import type { Done } from './respond.ts';
import type { Session } from './session.ts';

/** Failed logins on one connection: from this one on each costs a wait (spec/protocols.md section 0.2), at the last it closes. */
const slowFrom = 3;
const maxFailures = 10;
const maxDelayMs = 10_000;

/**
 * The LOGIN command. RFC 9051 section 6.2.3.
 * @throws No without TLS, before any credential is looked at (RFC 9051 section 11.3), and as `endAttempt`.
 */
export async function logIn(session: Session, name: string, password: string): Promise<Done> {
  if (!session.mayLogin) throw new No('turn on TLS first', 'PRIVACYREQUIRED');
  await beginAttempt(session, 'LOGIN', name);
  const outcome = await checkPassword(session, attemptOf(session, 'LOGIN', name), password);
  return endAttempt(session, 'LOGIN', name, outcome);
}

/** Counts an attempt before any credential is looked at, and makes the client wait. @throws Bye when there were too many. */
export async function beginAttempt(session: Session, mechanism: string, name: string): Promise<void> {
  const sessionMs = Math.max(0, session.failedLogins - slowFrom + 1) * 1000;
  if (await admitAttempt(session, attemptOf(session, mechanism, name), Math.min(maxDelayMs, sessionMs))) return;
  throw new Bye('too many failed logins, try again later', 'UNAVAILABLE');
}

/**
 * The one way into an account. Unknown name, alias and wrong password give the same answer; the directory takes the same
 * time for all. RFC 5530 section 3.
 * @throws No, or Bye after too many failures.
 */
export function endAttempt(session: Session, mechanism: string, name: string, outcome: LoginOutcome): Done {
  const verdict = judgeOutcome(session, attemptOf(session, mechanism, name), outcome);
  switch (verdict.kind) {
    case 'enter':
      return enter(session, mechanism, verdict.outcome);
    case 'disabled':
      session.log.info('login refused', { mechanism, reason: 'login-disabled' });
      throw new No(verdict.message);
    case 'failed':
      throw failAttempt(session, mechanism, name, verdict.result);
    default:
      return verdict satisfies never;
  }
}

/** Counts the failure; throw what it returns. */
export function failAttempt(session: Session, mechanism: string, name: string, result: LoginFailure): No {
  countFailure(session, mechanism, name, result);
  return new No('bad credentials', 'AUTHENTICATIONFAILED');
}

/** One more that was begun and did not succeed. @throws Bye at the last that one connection may have. */
export function countFailure(session: Session, mechanism: string, name: string, result: LoginFailure): void {
  session.failedLogins++;
  session.services.failures.failed(attemptOf(session, mechanism, name), result);
  session.log.info('login failed', { mechanism, name: name.slice(0, 100), remoteAddress: session.peer.remoteAddress });
  if (session.failedLogins >= maxFailures) throw new Bye('too many failed logins', 'UNAVAILABLE');
}

/** From now on the session has an account. */
export function enter(
  session: Session,
  mechanism: string,
  { account, loginAddress, proof }: LoginOutcome & { readonly ok: true },
): Done {
  const attempt = attemptOf(session, mechanism, loginAddress);
  session.loginNote = session.services.failures.succeeded(attempt, { account, proof });
  session.account = account;
  session.loginAddress = loginAddress;
  session.proof = proof;
  session.failedLogins = 0;
  // RFC 9051 section 7.2.2: who is not told of IMAP4rev1 has the answers of IMAP4rev2 from the start.
  const hidden = hiddenFrom(session);
  if (isHidden(hidden, 'IMAP4rev1') && !isHidden(hidden, 'IMAP4rev2')) session.rev2 = true;
  session.log = session.log.with({ account: account.name });
  session.log.info('logged in', { mechanism, address: loginAddress });
  session.unwatch = session.services.store.watch(account.id, (change) => hearChange(session, change));
  return { code: `CAPABILITY ${session.printCapabilities(session)}`, text: 'logged in' };
}
