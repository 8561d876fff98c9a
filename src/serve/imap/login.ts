import type { LoginOutcome } from '../../directory/directory.ts';
import { fitsCertificate } from './client-certificate.ts';
import { hearChange } from './hear-change.ts';
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
  await beginAttempt(session);
  return endAttempt(session, 'LOGIN', name, await session.services.directory.checkPassword(name, password, 'imap'));
}

/** Counts an attempt before any credential is looked at, and makes the client wait. @throws Bye when there were too many. */
export async function beginAttempt(session: Session): Promise<void> {
  if (!session.services.failures.attempt(session.peer.remoteAddress)) {
    throw new Bye('too many failed logins, try again later', 'UNAVAILABLE');
  }
  if (session.failedLogins < slowFrom) return;
  await session.sink.delay(Math.min(maxDelayMs, (session.failedLogins - slowFrom + 1) * 1000));
}

/** @throws No when the client asks to be somebody else than it proves to be. RFC 5530 section 3 */
export function requireOwnIdentity(session: Session, mechanism: string, authorizeAs: string, login: string): void {
  if (authorizeAs === '' || authorizeAs === login) return;
  countFailure(session, mechanism, login);
  throw new No('not for another user', 'AUTHORIZATIONFAILED');
}

/**
 * The one way into an account. Unknown name, alias and wrong password give the same answer; the directory takes the same
 * time for all. RFC 5530 section 3.
 * @throws No, or Bye after too many failures.
 */
export function endAttempt(session: Session, mechanism: string, name: string, outcome: LoginOutcome): Done {
  const { failures } = session.services;
  const { remoteAddress } = session.peer;
  if (outcome.ok) {
    if (!fitsCertificate(session, outcome.account)) throw failAttempt(session, mechanism, name);
    failures.reset(remoteAddress);
    return enter(session, mechanism, outcome);
  }
  if (outcome.reason === 'login-disabled') {
    failures.reset(remoteAddress);
    session.log.info('login refused', { mechanism, reason: outcome.reason });
    throw new No(outcome.message);
  }
  throw failAttempt(session, mechanism, name);
}

/** Counts the failure; throw what it returns. */
export function failAttempt(session: Session, mechanism: string, name: string): No {
  countFailure(session, mechanism, name);
  return new No('bad credentials', 'AUTHENTICATIONFAILED');
}

/** One more that was begun and did not succeed. @throws Bye at the last that one connection may have. */
export function countFailure(session: Session, mechanism: string, name: string): void {
  session.failedLogins++;
  session.log.info('login failed', { mechanism, name: name.slice(0, 100), remoteAddress: session.peer.remoteAddress });
  if (session.failedLogins >= maxFailures) throw new Bye('too many failed logins', 'UNAVAILABLE');
}

/** From now on the session has an account. */
export function enter(
  session: Session,
  mechanism: string,
  { account, loginAddress, proof }: LoginOutcome & { readonly ok: true },
): Done {
  session.account = account;
  session.loginAddress = loginAddress;
  session.proof = proof;
  session.failedLogins = 0;
  session.log = session.log.with({ account: account.name });
  session.log.info('logged in', { mechanism, address: loginAddress });
  session.unwatch = session.services.store.watch(account.id, (change) => hearChange(session, change));
  return { code: `CAPABILITY ${session.printCapabilities(session)}`, text: 'logged in' };
}
