import type { LoginOutcome } from '../../directory/directory.ts';
import type { LoginAttempt, LoginResult } from '../../directory/logins/login-attempt.ts';
import { resultOf } from '../../directory/logins/login-guard.ts';
import { replies } from '../../wire/smtp/replies.ts';
import { reply } from '../../wire/smtp/reply.ts';
import { Refuse } from './refuse.ts';
import type { SmtpSession } from './session.ts';

type Failure = Exclude<LoginResult, 'ok'>;

/**
 * Before any credential is looked at: attempts are counted before they are made, and cost more and more time.
 * spec/protocols.md sections 0.1 and 0.2.
 * @throws Refuse after too many from this network
 */
export async function beginAttempt(session: SmtpSession, mechanism: string, login: string): Promise<void> {
  const { services, peer, options } = session;
  const { failures } = services;
  const { slowAfterFailures, slowMs } = options.limits;
  const loginMs = failures.delayMs(peer.remoteAddress, login);
  if (loginMs === undefined || !failures.attempt(peer.remoteAddress)) {
    failures.failed(attemptOf(session, mechanism, login), 'limited');
    throw new Refuse(replies.tooManyFailures, true);
  }
  const delayMs = Math.max(loginMs, (session.failedLogins - slowAfterFailures) * slowMs);
  if (delayMs > 0) await session.sink.delay(delayMs);
}

/** What is written down of an attempt. */
export function attemptOf({ peer, tls, hello }: SmtpSession, mechanism: string, login: string): LoginAttempt {
  const { remoteAddress, localAddress } = peer;
  const client = hello?.name;
  return { protocol: 'submission', mechanism, login, remoteAddress, localAddress, tls: tls?.version, client };
}

/** @throws Refuse when the client asks to be somebody else than it proves to be. spec/protocols.md section 3.2 */
export function requireOwnIdentity(session: SmtpSession, mechanism: string, authorizeAs: string, login: string): void {
  if (authorizeAs === '' || authorizeAs === login) return;
  countFailure(session, mechanism, login, 'badcreds');
  throw new Refuse(replies.badCredentials);
}

/** The end of an attempt: the session has an account, or the client is refused. @throws Refuse */
export function endAttempt(session: SmtpSession, mechanism: string, login: string, outcome: LoginOutcome): void {
  const { failures } = session.services;
  if (outcome.ok) {
    if (!session.fitsCertificate(outcome.account)) throw failAttempt(session, mechanism, login, 'badcreds');
    failures.reset(session.peer.remoteAddress);
    enter(session, mechanism, outcome);
    session.say(replies.authenticated);
    return;
  }
  if (outcome.reason === 'login-disabled') {
    // The credentials were right.
    failures.reset(session.peer.remoteAddress);
    failures.failed(attemptOf(session, mechanism, login), resultOf(outcome));
    session.log.info('login refused', { mechanism, why: 'login disabled' });
    throw new Refuse(reply(525, '5.7.13', outcome.message));
  }
  throw failAttempt(session, mechanism, login, resultOf(outcome));
}

/** Counts the failure; throw what it returns. */
export function failAttempt(session: SmtpSession, mechanism: string, login: string, result: Failure): Refuse {
  countFailure(session, mechanism, login, result);
  const answer = result === 'badchanbind' ? replies.badBinding : replies.badCredentials;
  return new Refuse(answer, session.failedLogins >= session.options.limits.maxFailures);
}

/** One more that was begun and did not succeed. */
export function countFailure(session: SmtpSession, mechanism: string, login: string, result: Failure): void {
  session.failedLogins++;
  if (session.failedLogins >= session.options.limits.slowAfterFailures) session.slow = true;
  session.services.failures.failed(attemptOf(session, mechanism, login), result);
  const { remoteAddress: address } = session.peer;
  session.log.info('login refused', { mechanism, why: result, address, failures: session.failedLogins });
}

/** From now on the session has an account. */
export function enter(
  session: SmtpSession,
  mechanism: string,
  { account, loginAddress, proof }: LoginOutcome & { ok: true },
): void {
  session.services.failures.succeeded(attemptOf(session, mechanism, loginAddress), { account, proof });
  session.failedLogins = 0;
  session.slow = false;
  session.idleCommands = 0;
  session.account = account;
  session.proof = proof;
  session.mayAuthenticate = false;
  session.traceHead = undefined;
  session.unwatch ??= session.services.directory.watch(() => session.sink.post({ kind: 'directory-changed' }));
  session.log.info('logged in', { mechanism, account: account.name, login: loginAddress });
}
