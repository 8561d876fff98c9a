import type { LoginOutcome } from '../../directory/directory.ts';
import { replies } from '../../wire/smtp/replies.ts';
import { reply } from '../../wire/smtp/reply.ts';
import { Refuse } from './refuse.ts';
import type { SmtpSession } from './session.ts';

/**
 * Before any credential is looked at: attempts are counted before they are made, and cost more and more time.
 * spec/protocols.md sections 0.1 and 0.2.
 * @throws Refuse after too many from this network
 */
export async function beginAttempt(session: SmtpSession): Promise<void> {
  const { services, peer, options } = session;
  const { slowAfterFailures, slowMs } = options.limits;
  if (!services.failures.attempt(peer.remoteAddress)) throw new Refuse(replies.tooManyFailures, true);
  const extra = session.failedLogins - slowAfterFailures;
  if (extra > 0) await session.sink.delay(extra * slowMs);
}

/** @throws Refuse when the client asks to be somebody else than it proves to be. spec/protocols.md section 3.2 */
export function requireOwnIdentity(session: SmtpSession, authorizeAs: string, login: string): void {
  if (authorizeAs === '' || authorizeAs === login) return;
  countFailure(session, 'authorization identity differs');
  throw new Refuse(replies.badCredentials);
}

/** The end of an attempt: the session has an account, or the client is refused. @throws Refuse */
export function endAttempt(session: SmtpSession, mechanism: string, outcome: LoginOutcome): void {
  if (outcome.ok) {
    if (!session.fitsCertificate(outcome.account)) {
      throw failAttempt(session, 'certificate of another account', 'badCredentials');
    }
    session.services.failures.reset(session.peer.remoteAddress);
    enter(session, mechanism, outcome);
    session.say(replies.authenticated);
    return;
  }
  if (outcome.reason === 'login-disabled') {
    // The credentials were right.
    session.services.failures.reset(session.peer.remoteAddress);
    session.log.info('login refused', { mechanism, why: 'login disabled' });
    throw new Refuse(reply(525, '5.7.13', outcome.message));
  }
  throw failAttempt(session, 'bad credentials', 'badCredentials');
}

/** Counts the failure; throw what it returns. */
export function failAttempt(session: SmtpSession, why: string, answer: 'badCredentials' | 'badBinding'): Refuse {
  countFailure(session, why);
  return new Refuse(replies[answer], session.failedLogins >= session.options.limits.maxFailures);
}

/** One more that was begun and did not succeed. */
export function countFailure(session: SmtpSession, why: string): void {
  session.failedLogins++;
  if (session.failedLogins >= session.options.limits.slowAfterFailures) session.slow = true;
  session.log.info('login refused', { why, address: session.peer.remoteAddress, failures: session.failedLogins });
}

/** From now on the session has an account. */
export function enter(
  session: SmtpSession,
  mechanism: string,
  { account, loginAddress, proof }: LoginOutcome & { ok: true },
): void {
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
